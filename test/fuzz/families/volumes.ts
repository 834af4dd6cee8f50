// Convolutions and pooling of volumes, dilations of images and normalizations along channels, with their gradients, beside
// plain loops in float64. None has a kernel of its own on our engines, but checks, corrections and gradients around them.

import * as tf from '@tensorflow/tfjs';
import { type Draw, valuesOf } from '../draw.js';
import {
  type Expected,
  epsilon,
  type Family,
  forEachIndex,
  type Problem,
  positionOf,
  sizeOf,
  sumTolerance,
} from '../family.js';
import { drawGive } from '../operands.js';

type Triple = [number, number, number];

const triple = (draw: Draw, low: number, high: number): Triple => [
  draw.whole(low, high),
  draw.whole(low, high),
  draw.whole(low, high),
];

/** Sums of products, with the sum of their sizes, which tells how far float32 may be off. */
class Sums {
  readonly values: Float64Array;
  readonly magnitude: Float64Array;

  constructor(readonly shape: readonly number[]) {
    this.values = new Float64Array(sizeOf(shape));
    this.magnitude = new Float64Array(sizeOf(shape));
  }

  add(at: number, value: number): void {
    this.values[at] += value;
    this.magnitude[at] += Math.abs(value);
  }

  expect(name: string): Expected {
    return { name, shape: this.shape, values: this.values, tolerance: sumTolerance(this.magnitude) };
  }
}

interface Axis {
  readonly outSize: number;
  readonly before: number;
}

/** Keras's and TensorFlow's rule for one axis. */
function axisOf(size: number, window: number, stride: number, pad: 'same' | 'valid'): Axis {
  if (pad === 'valid') return { outSize: Math.floor((size - window) / stride) + 1, before: 0 };
  const outSize = Math.ceil(size / stride);
  return { outSize, before: Math.floor(Math.max(0, (outSize - 1) * stride + window - size) / 2) };
}

interface Volume {
  readonly pad: 'same' | 'valid';
  readonly window: Triple;
  readonly strides: Triple;
  readonly shape: readonly [number, number, number, number, number];
  readonly axes: readonly Axis[];
}

/** @param isPool Then undefined where a stride is above the window, which is refused with some paddings. */
function drawVolume(draw: Draw, isPool: boolean): Volume | undefined {
  const pad = draw.pick(['same', 'valid'] as const);
  const window = triple(draw, 1, 3);
  const strides = triple(draw, 1, 3);
  if (isPool && strides.some((stride, i) => stride > window[i])) return undefined;
  const sizes = window.map((size) => size + draw.whole(0, 4)) as Triple;
  const axes = sizes.map((size, i) => axisOf(size, window[i], strides[i], pad));
  return { pad, window, strides, shape: [draw.whole(1, 2), ...sizes, draw.whole(1, 5)], axes };
}

/** Calls `visit` with the index of each input that each output [n, z, y, x] sees, and its place in the window. */
function forEachTap(
  { window, strides, shape, axes }: Volume,
  visit: (out: readonly number[], from: readonly number[] | undefined, tap: readonly number[]) => void,
): void {
  forEachIndex([shape[0], ...axes.map(({ outSize }) => outSize)], (out) => {
    forEachIndex(window, (tap) => {
      const from = tap.map((k, i) => out[i + 1] * strides[i] + k - axes[i].before);
      const isInside = from.every((at, i) => at >= 0 && at < shape[i + 1]);
      visit(out, isInside ? [out[0], ...from] : undefined, tap);
    });
  });
}

function convProblem(draw: Draw): Problem | undefined {
  const volume = drawVolume(draw, false);
  if (!volume) return undefined;
  const { pad, window, strides, shape, axes } = volume;
  const [inC, outC] = [shape[4], draw.whole(1, 5)];
  const yShape = [shape[0], ...axes.map(({ outSize }) => outSize), outC];
  const wShape = [...window, inC, outC];
  const kind = draw.valueKind();
  const [x, w, dy] = [shape, wShape, yShape].map((of, i) => valuesOf(kind, sizeOf(of), draw.seed + 1 + i));
  const [y, dx, dw] = [new Sums(yShape), new Sums(shape), new Sums(wShape)];
  forEachTap(volume, (out, from, tap) => {
    if (!from) return;
    const [atX, atY, atW] = [positionOf(shape, [...from, 0]), positionOf(yShape, [...out, 0]), positionOf(wShape, [...tap, 0, 0])]; // biome-ignore format: one row
    for (let ic = 0; ic < inC; ic++) {
      for (let oc = 0; oc < outC; oc++) {
        const weight = atW + ic * outC + oc;
        y.add(atY + oc, x[atX + ic] * w[weight]);
        dx.add(atX + ic, dy[atY + oc] * w[weight]);
        dw.add(weight, dy[atY + oc] * x[atX + ic]);
      }
    }
  });
  const give = drawGive(draw);
  const run = (a: tf.Tensor, b: tf.Tensor) => tf.conv3d(a as tf.Tensor5D, b as tf.Tensor5D, strides, pad);
  return {
    title: `conv3d [${shape}] by [${wShape}], strides ${strides}, ${pad}, ${kind}`,
    run() {
      const [a, b, d] = [give(0, x, shape), give(1, w, wShape), give(2, dy, yShape)];
      const gradients = tf.grads(run)([a, b], d as tf.Tensor5D);
      const back = tf.conv3dTranspose(d as tf.Tensor5D, b as tf.Tensor5D, [...shape], strides, pad);
      return [run(a, b), ...gradients, back];
    },
    expected: [y.expect('y'), dx.expect('dx'), dw.expect('dw'), dx.expect('conv3dTranspose')],
  };
}

function poolProblem(draw: Draw): Problem | undefined {
  const volume = drawVolume(draw, true);
  if (!volume) return undefined;
  const { pad, window, strides, shape, axes } = volume;
  const isMax = draw.chance(0.5);
  const channels = shape[4];
  const yShape = [shape[0], ...axes.map(({ outSize }) => outSize), channels];
  const x = valuesOf(draw.pick(['uniform', 'whole']), sizeOf(shape), draw.seed + 1);
  const dy = valuesOf('uniform', sizeOf(yShape), draw.seed + 2);
  const seen = Array.from(dy, () => [] as number[]);
  forEachTap(volume, (out, from) => {
    if (!from) return;
    const [atX, atY] = [positionOf(shape, [...from, 0]), positionOf(yShape, [...out, 0])];
    for (let c = 0; c < channels; c++) seen[atY + c].push(atX + c);
  });
  const [y, dx] = [new Sums(yShape), new Sums(shape)];
  for (const [i, places] of seen.entries()) {
    if (isMax) {
      const best = places.reduce((most, at) => (x[at] > x[most] ? at : most));
      y.add(i, x[best]);
      dx.add(best, dy[i]);
    } else {
      for (const at of places) {
        y.add(i, x[at] / places.length);
        dx.add(at, dy[i] / places.length);
      }
    }
  }
  const run = (a: tf.Tensor) => (isMax ? tf.maxPool3d : tf.avgPool3d)(a as tf.Tensor5D, window, strides, pad);
  const give = drawGive(draw);
  return {
    title: `${isMax ? 'max' : 'avg'}Pool3d [${shape}], window ${window}, strides ${strides}, ${pad}`,
    run() {
      const a = give(0, x, shape);
      return [run(a), tf.grad(run)(a, give(1, dy, yShape) as tf.Tensor5D)];
    },
    expected: [y.expect('y'), dx.expect('dx')],
  };
}

/** The largest of x + w in each window. Values of their own: at equal ones implementations may choose. */
function dilationProblem(draw: Draw): Problem {
  const pad = draw.pick(['same', 'valid'] as const);
  const [kH, kW, channels] = [draw.whole(1, 3), draw.whole(1, 3), draw.whole(1, 5)];
  const strides = [draw.whole(1, 3), draw.whole(1, 3)] as [number, number];
  const dilations = [draw.whole(1, 2), draw.whole(1, 2)] as [number, number];
  const spans = [(kH - 1) * dilations[0] + 1, (kW - 1) * dilations[1] + 1];
  const shape = [draw.whole(1, 2), spans[0] + draw.whole(0, 6), spans[1] + draw.whole(0, 6), channels];
  const [rows, columns] = [0, 1].map((i) => axisOf(shape[i + 1], spans[i], strides[i], pad));
  const wShape = [kH, kW, channels];
  const yShape = [shape[0], rows.outSize, columns.outSize, channels];
  const [x, w, dy] = [shape, wShape, yShape].map((of, i) => valuesOf('uniform', sizeOf(of), draw.seed + 1 + i));
  const [y, dx, dw] = [new Sums(yShape), new Sums(shape), new Sums(wShape)];
  forEachIndex(yShape, ([n, oy, ox, c], at) => {
    let best = { value: Number.NEGATIVE_INFINITY, x: 0, w: 0 };
    forEachIndex([kH, kW], ([ky, kx]) => {
      const iy = oy * strides[0] - rows.before + ky * dilations[0];
      const ix = ox * strides[1] - columns.before + kx * dilations[1];
      if (iy < 0 || iy >= shape[1] || ix < 0 || ix >= shape[2]) return;
      const [from, weight] = [positionOf(shape, [n, iy, ix, c]), positionOf(wShape, [ky, kx, c])];
      const value = Math.fround(x[from] + w[weight]);
      if (value > best.value) best = { value, x: from, w: weight };
    });
    y.add(at, best.value);
    dx.add(best.x, dy[at]);
    dw.add(best.w, dy[at]);
  });
  const run = (a: tf.Tensor, b: tf.Tensor) =>
    tf.dilation2d(a as tf.Tensor4D, b as tf.Tensor3D, strides, pad, dilations, 'NHWC');
  const give = drawGive(draw);
  return {
    title: `dilation2d [${shape}] by [${wShape}], strides ${strides}, dilations ${dilations}, ${pad}`,
    run() {
      const [a, b] = [give(0, x, shape), give(1, w, wShape)];
      return [run(a, b), ...tf.grads(run)([a, b], give(2, dy, yShape) as tf.Tensor4D)];
    },
    expected: [y.expect('y'), dx.expect('dx'), dw.expect('dw')],
  };
}

/** y = x s^-beta with s = bias + alpha * the sum of squares of the channels around. */
function lrnProblem(draw: Draw): Problem {
  const shape = [draw.whole(1, 2), draw.whole(1, 4), draw.whole(1, 4), draw.whole(1, 13)];
  const radius = draw.whole(1, 6);
  const [bias, alpha, beta] = [draw.whole(1, 4) / 2, draw.whole(0, 4) / 4, draw.pick([0.5, 0.75, 1, 0.25])];
  const [x, dy] = [1, 2].map((i) => valuesOf('uniform', sizeOf(shape), draw.seed + i));
  const channels = shape[3];
  const [y, dx] = [new Sums(shape), new Sums(shape)];
  for (let first = 0; first < x.length; first += channels) {
    for (let c = 0; c < channels; c++) {
      const [low, high] = [Math.max(0, c - radius), Math.min(channels - 1, c + radius)];
      let s = bias;
      for (let k = low; k <= high; k++) s += alpha * x[first + k] ** 2;
      y.add(first + c, x[first + c] * s ** -beta);
      dx.add(first + c, dy[first + c] * s ** -beta);
      const slope = -2 * alpha * beta * x[first + c] * s ** (-beta - 1) * dy[first + c];
      for (let k = low; k <= high; k++) dx.add(first + k, slope * x[first + k]);
    }
  }
  const run = (a: tf.Tensor) => tf.localResponseNormalization(a as tf.Tensor4D, radius, bias, alpha, beta);
  const give = drawGive(draw);
  const loose = ({ name, ...sums }: Expected) => ({
    ...{ ...sums, name },
    tolerance: (i: number) => 8 * sums.tolerance(i) + 64 * epsilon,
  });
  return {
    title: `localResponseNormalization [${shape}], ${radius}, ${bias}, ${alpha}, ${beta}`,
    run() {
      const a = give(0, x, shape);
      return [run(a), tf.grad(run)(a, give(1, dy, shape) as tf.Tensor4D)];
    },
    expected: [loose(y.expect('y')), loose(dx.expect('dx'))],
  };
}

const kinds = [convProblem, convProblem, poolProblem, poolProblem, dilationProblem, lrnProblem];

export const volumesFamily: Family = { name: 'volumes', problem: (draw) => draw.pick(kinds)(draw) };
