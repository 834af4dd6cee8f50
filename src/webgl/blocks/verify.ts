// The self-test of a convolution path: a convolution of the same filter size, strides, dilations, padding and grouping on a
// small image with few channels, which runs the same program, against plain loops.

import { util } from '@tensorflow/tfjs-core';
import * as js from '../../../kernels/js/index.js';
import type { Conv } from '../../../kernels/types.js';
import { filterShapeOf, xShapeOf } from '../../conv.js';
import { select } from '../../select.js';
import type { WebglBackend } from '../backend.js';
import type { ForwardPath } from '../paths.js';

const linear = { activation: 'linear', leakyAlpha: 0 } as const;

export function forwardIsRight(path: ForwardPath, conv: Conv, backend: WebglBackend): boolean {
  const small = shrink(conv);
  const [x, w] = [valuesOf(xShapeOf(small), 37), valuesOf(filterShapeOf(small), 23)];
  const tensors = [
    backend.makeTensorInfo(xShapeOf(small), 'float32', x),
    backend.makeTensorInfo(filterShapeOf(small), 'float32', w),
  ];
  try {
    const y = path.run({ backend, conv: small, x: tensors[0], w: tensors[1], epilogue: linear, operands: {} });
    tensors.push(y);
    const expected = select(js.forwardKernels, small).run(small, x, w);
    return isClose(backend.readSync(y.dataId) as Float32Array, expected, backend.caps.float32);
  } finally {
    for (const tensor of tensors) backend.disposeIntermediateTensorInfo(tensor);
  }
}

/** Same program, less work. What is one pixel stays one pixel, for which there are programs of their own. */
export function shrink(conv: Conv): Conv {
  const rows = shrinkAxis(conv.inH, conv.outH, conv.kH, conv.strideH, conv.dilationH, conv.padTop, conv.padBottom);
  const columns = shrinkAxis(conv.inW, conv.outW, conv.kW, conv.strideW, conv.dilationW, conv.padLeft, conv.padRight);
  const isDepthwise = conv.groups === conv.inC && conv.groups > 1;
  const groups = Math.min(conv.groups, isDepthwise ? 6 : 2);
  const few = (channels: number) => Math.min(channels, groups > 1 && channels % 4 === 0 ? 8 : 6); // whole texels stay whole
  const inC = few(conv.inC / conv.groups) * groups;
  const outC = few(conv.outC / conv.groups) * groups;
  const keep = { inH: conv.inH, outH: conv.outH, inW: conv.inW, outW: conv.outW };
  const isOnePixel = conv.outH * conv.outW === 1 || conv.inH * conv.inW === 1;
  const sizes = isOnePixel ? keep : { inH: rows.in, outH: rows.out, inW: columns.in, outW: columns.out };
  return Object.freeze({ ...conv, ...sizes, batch: Math.min(conv.batch, 2), groups, inC, outC });
}

function shrinkAxis(
  inSize: number,
  outSize: number,
  k: number,
  stride: number,
  dilation: number,
  before: number,
  after: number,
): { readonly in: number; readonly out: number } {
  const span = (k - 1) * dilation + 1;
  const size = Math.min(inSize, span + 6 * stride);
  const out = Math.floor((size + before + after - span) / stride) + 1;
  return out >= 2 ? { in: size, out: Math.min(out, outSize) } : { in: inSize, out: outSize };
}

/** Small whole numbers, exact in 16 bits. */
function valuesOf(shape: readonly number[], seed: number): Float32Array {
  return Float32Array.from({ length: util.sizeFromShape([...shape]) }, (_, i) => (((i * seed) % 17) - 8) / 4);
}

function isClose(actual: Float32Array, expected: Float32Array, isFloat32: boolean): boolean {
  const tolerance = (isFloat32 ? 1e-4 : 2e-2) * expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  return actual.length === expected.length && expected.every((value, i) => Math.abs(actual[i] - value) <= tolerance);
}
