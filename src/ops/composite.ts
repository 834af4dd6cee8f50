// Composes grouped convolution and both of its gradients of plain forward convolutions, for backends that are not ours.
//
// It calls tf.conv2d and tf.depthwiseConv2d alone, always in NHWC, with explicit padding, and with strides or dilations but
// never both. Every TensorFlow.js backend computes those, also one without any convolution gradient (wasm).

import * as tf from '@tensorflow/tfjs-core';
import type { Conv } from '../../kernels/conv.js';
import { filterShapeOf, xShapeOf, yShapeOf } from '../core/conv.js';

/** conv(x, w); all shapes in the data format of `conv`. */
export function compositeForward(conv: Conv, x: tf.Tensor4D, w: tf.Tensor4D): tf.Tensor4D {
  if (isEmpty(x) || isEmpty(w) || tf.util.sizeFromShape(yShapeOf(conv)) === 0) return tf.zeros(yShapeOf(conv));
  return fromNhwc(conv, forwardNhwc(conv, toNhwc(conv, x), w));
}

/**
 * dx is the full correlation of dy, with zeros between its pixels where strides are above 1, and the filter rotated by 180
 * degrees with its channels swapped: a grouped convolution again.
 */
export function compositeGradInput(conv: Conv, dy: tf.Tensor4D, w: tf.Tensor4D): tf.Tensor4D {
  if (isEmpty(dy) || isEmpty(w) || tf.util.sizeFromShape(xShapeOf(conv)) === 0) return tf.zeros(xShapeOf(conv));
  const { kH, kW, inC, outC, groups, inH, inW, dilationH, dilationW, padTop, padLeft } = conv;
  const spread = spreadOut(toNhwc(conv, dy), 1, conv.strideH, conv.strideW);
  const spanH = (kH - 1) * dilationH;
  const spanW = (kW - 1) * dilationW;
  const padded = padOrCrop(spread, {
    rows: { before: spanH - padTop, size: inH + spanH },
    columns: { before: spanW - padLeft, size: inW + spanW },
  });
  const byGroup = tf.reshape(tf.reverse(w, [0, 1]), [kH, kW, inC / groups, groups, outC / groups]);
  const rotated = tf.reshape(tf.transpose(byGroup, [0, 1, 4, 3, 2]), [kH, kW, outC / groups, inC]);
  const swapped: Conv = {
    ...conv,
    dataFormat: 'NHWC',
    inH: inH + spanH,
    inW: inW + spanW,
    inC: outC,
    outH: inH,
    outW: inW,
    outC: inC,
    strideH: 1,
    strideW: 1,
    padTop: 0,
    padBottom: 0,
    padLeft: 0,
    padRight: 0,
  };
  return fromNhwc(conv, forwardNhwc(swapped, padded, rotated as tf.Tensor4D));
}

/**
 * dw is the convolution of x with dy as the filter: batch and channels change places, and strides and dilations do.
 */
export function compositeGradFilter(conv: Conv, x: tf.Tensor4D, dy: tf.Tensor4D): tf.Tensor4D {
  if (isEmpty(x) || isEmpty(dy)) return tf.zeros(filterShapeOf(conv));
  const { kH, kW, groups, outH, outW, strideH, strideW, dilationH, dilationW, padTop, padLeft } = conv;
  const padded = padOrCrop(toNhwc(conv, x), {
    rows: { before: padTop, size: (outH - 1) * strideH + (kH - 1) * dilationH + 1 },
    columns: { before: padLeft, size: (outW - 1) * strideW + (kW - 1) * dilationW + 1 },
  });
  const xs = tf.split(padded, groups, 3) as tf.Tensor4D[];
  const dys = tf.split(toNhwc(conv, dy), groups, 3) as tf.Tensor4D[];
  const parts = xs.map((xg, g): tf.Tensor4D => {
    const image = tf.transpose(xg, [3, 1, 2, 0]) as tf.Tensor4D; // [icg, h, w, batch]
    const filter = tf.transpose(dys[g], [1, 2, 0, 3]); // [outH, outW, batch, ocg]
    const dw = plainConv2d(image, filter, {
      strides: [dilationH, dilationW],
      dilations: [strideH, strideW],
      pad: 'valid',
    });
    return tf.transpose(dw, [1, 2, 0, 3]); // [kH, kW, icg, ocg]
  });
  return tf.concat(parts, 3);
}

function forwardNhwc(conv: Conv, x: tf.Tensor4D, w: tf.Tensor4D): tf.Tensor4D {
  const { kH, kW, inC, outC, groups } = conv;
  const padded = padOrCrop(x, {
    rows: { before: conv.padTop, size: (conv.outH - 1) * conv.strideH + (kH - 1) * conv.dilationH + 1 },
    columns: { before: conv.padLeft, size: (conv.outW - 1) * conv.strideW + (kW - 1) * conv.dilationW + 1 },
  });
  const plain: Plain = {
    strides: [conv.strideH, conv.strideW],
    dilations: [conv.dilationH, conv.dilationW],
    pad: 'valid',
  };
  if (groups === 1) return plainConv2d(padded, w, plain);
  if (groups === inC) {
    const filter: tf.Tensor4D = tf.reshape(w, [kH, kW, inC, outC / groups]); // same bytes
    const { x: dx, filter: stretched, strides, dilations } = oneOfBoth(padded, filter, plain);
    return tf.depthwiseConv2d(dx, stretched, strides, 'valid', 'NHWC', dilations);
  }
  const ws = tf.split(w, groups, 3) as tf.Tensor4D[];
  return tf.concat(
    (tf.split(padded, groups, 3) as tf.Tensor4D[]).map((xg, g) => plainConv2d(xg, ws[g], plain)),
    3,
  );
}

interface Plain {
  readonly strides: [number, number];
  readonly dilations: [number, number];
  readonly pad: 'valid';
}

function plainConv2d(x: tf.Tensor4D, filter: tf.Tensor4D, plain: Plain): tf.Tensor4D {
  const { x: input, filter: stretched, strides, dilations } = oneOfBoth(x, filter, plain);
  return tf.conv2d(input, stretched, strides, 'valid', 'NHWC', dilations);
}

/** TensorFlow.js's ops take strides or dilations. Where both are above 1, dilations become zeros between the taps. */
function oneOfBoth(x: tf.Tensor4D, filter: tf.Tensor4D, { strides, dilations }: Plain) {
  const both = strides.some((s) => s > 1) && dilations.some((d) => d > 1);
  if (!both) return { x, filter, strides, dilations };
  return { x, filter: spreadOut(filter, 0, ...dilations), strides, dilations: [1, 1] as [number, number] };
}

/** Puts factor - 1 zeros between the entries of `axis` and of the axis after it. */
function spreadOut(x: tf.Tensor4D, axis: 0 | 1, factorA: number, factorB: number): tf.Tensor4D {
  if (factorA === 1 && factorB === 1) return x;
  const { shape } = x;
  const a = shape[axis];
  const b = shape[axis + 1];
  const outer = shape.slice(0, axis).reduce((p, q) => p * q, 1);
  const inner = shape.slice(axis + 2).reduce((p, q) => p * q, 1);
  const widened = tf.pad(tf.reshape(x, [outer * a, 1, b, inner]), [
    [0, 0],
    [0, factorA - 1],
    [0, 0],
    [0, inner * (factorB - 1)],
  ]);
  const rows = tf.reshape(widened, [outer, a * factorA, b * factorB, inner]);
  const cut = tf.slice(rows, [0, 0, 0, 0], [outer, (a - 1) * factorA + 1, (b - 1) * factorB + 1, inner]);
  const spread = [...shape] as [number, number, number, number];
  spread[axis] = (a - 1) * factorA + 1;
  spread[axis + 1] = (b - 1) * factorB + 1;
  return tf.reshape(cut, spread);
}

interface Window {
  readonly before: number;
  readonly size: number;
}

/** Gives height and width exactly the windows' sizes: zeros where a window reaches outside, a cut where it falls short. */
function padOrCrop(x: tf.Tensor4D, { rows, columns }: { rows: Window; columns: Window }): tf.Tensor4D {
  const after = ({ before, size }: Window, from: number) => size - before - from;
  const top = rows.before;
  const bottom = after(rows, x.shape[1]);
  const left = columns.before;
  const right = after(columns, x.shape[2]);
  const grow = (v: number) => Math.max(v, 0);
  const padded = tf.pad(x, [
    [0, 0],
    [grow(top), grow(bottom)],
    [grow(left), grow(right)],
    [0, 0],
  ]);
  const begin: [number, number, number, number] = [0, grow(-top), grow(-left), 0];
  return tf.slice(padded, begin, [x.shape[0], rows.size, columns.size, x.shape[3]]);
}

function toNhwc({ dataFormat }: Conv, x: tf.Tensor4D): tf.Tensor4D {
  return dataFormat === 'NHWC' ? x : tf.transpose(x, [0, 2, 3, 1]);
}

function fromNhwc({ dataFormat }: Conv, x: tf.Tensor4D): tf.Tensor4D {
  return dataFormat === 'NHWC' ? x : tf.transpose(x, [0, 3, 1, 2]);
}

function isEmpty({ size }: tf.Tensor): boolean {
  return size === 0;
}
