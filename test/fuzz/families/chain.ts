// Convolutions with what follows them in networks: normalization, activations, sums of images. The WebGL2 engine draws
// such a chain with its convolution, and the tensors in between may be read, too.

import * as tf from '@tensorflow/tfjs';
import type { ConvCase } from '../../support/convCase.js';
import {
  type ActivationName,
  outputSize,
  referenceActivation,
  referenceConv,
  sizeOf,
  wShape,
  xShape,
  yShape,
} from '../../support/reference.js';
import { type Draw, valuesOf } from '../draw.js';
import { type Expected, epsilon, type Family } from '../family.js';
import { drawGive, type Give } from '../operands.js';

/** Winograd's transforms round more than sums of products do. */
const SLACK = 200;

/** Values in float64 and how far each may be off. */
interface State {
  readonly values: Float64Array;
  readonly errors: Float64Array;
}

interface Step {
  readonly name: string;
  readonly run: (x: tf.Tensor4D, give: Give) => tf.Tensor4D;
  readonly of: (value: number, i: number) => number;
  /** The most that an error grows. Default 1. */
  readonly slope?: number;
  /** What rounding adds, beside some units of the result. */
  readonly size?: number;
}

const activations: Readonly<Record<string, readonly [(x: tf.Tensor4D) => tf.Tensor4D, ActivationName]>> = {
  relu: [tf.relu, 'relu'],
  relu6: [tf.relu6, 'relu6'],
  elu: [tf.elu, 'elu'],
  sigmoid: [tf.sigmoid, 'sigmoid'],
  tanh: [tf.tanh, 'tanh'],
  leakyRelu: [(x) => tf.leakyRelu(x, 0.2), 'leakyrelu'],
};

type Binary = readonly [(a: tf.Tensor, b: tf.Tensor) => tf.Tensor, (a: number, b: number) => number];

const arithmetic: Readonly<Record<string, Binary>> = {
  add: [tf.add, (a, b) => a + b],
  sub: [tf.sub, (a, b) => a - b],
  mul: [tf.mul, (a, b) => a * b],
  maximum: [tf.maximum, Math.max],
};

type MakeStep = (draw: Draw, shape: readonly number[]) => Step;

const steps: readonly MakeStep[] = [
  (draw) => {
    const name = draw.pick(Object.keys(activations));
    const [run, reference] = activations[name];
    return { name, run: (x) => run(x), of: (value) => referenceActivation(reference, value), size: 4 };
  },
  (draw, shape) => {
    const c = shape[3];
    const [mean, offset] = [1, 2].map((k) => valuesOf('uniform', c, draw.seed + 10 * k));
    const [variance, scale] = [3, 4].map((k) =>
      valuesOf('uniform', c, draw.seed + 10 * k).map((v) => Math.abs(v) + 0.5),
    );
    const factor = (i: number) => scale[i % c] / Math.sqrt(variance[i % c] + 0.001);
    const isComputed = draw.chance(0.3);
    const vector = (values: Float32Array) => (isComputed ? tf.mul(tf.tensor1d(values), 1) : tf.tensor1d(values));
    return {
      name: 'batchNorm',
      run: (x) =>
        tf.batchNorm4d(
          x,
          vector(mean) as tf.Tensor1D,
          vector(variance) as tf.Tensor1D,
          vector(offset) as tf.Tensor1D,
          vector(scale) as tf.Tensor1D,
          0.001,
        ),
      of: (value, i) => (value - mean[i % c]) * factor(i) + offset[i % c],
      ...{ slope: 2.2, size: 16 },
    };
  },
  (draw, shape) => {
    const of = draw.pick([[...shape], [shape[3]], [1]]);
    const values = valuesOf('uniform', sizeOf(of), draw.seed + 50);
    const isFirst = draw.chance(0.5);
    const name = draw.pick(Object.keys(arithmetic));
    const [op, f] = arithmetic[name];
    return {
      name: `${name} of [${of}]${isFirst ? ', which comes first' : ''}`,
      run: (x, give) => {
        const other = give(1, values, of);
        return op(isFirst ? other : x, isFirst ? x : other) as tf.Tensor4D;
      },
      of: (value, i) => (isFirst ? f(values[i % values.length], value) : f(value, values[i % values.length])),
      size: 2,
    };
  },
  (draw) => {
    const isTwice = draw.chance(0.5);
    return {
      name: isTwice ? 'sum with itself' : 'product with itself',
      run: (x) => (isTwice ? tf.add(x, x) : tf.mul(x, x)),
      of: (value) => (isTwice ? 2 * value : value * value),
      slope: isTwice ? 2 : Number.NaN, // that of a product is twice the value
      size: 2,
    };
  },
  (draw) => {
    const [low, high] = [draw.pick([-0.5, 0]), draw.pick([0.5, 3])];
    return {
      name: `clip to ${low}, ${high}`,
      run: (x) => tf.clipByValue(x, low, high),
      of: (value) => Math.min(Math.max(value, low), high),
    };
  },
];

export const chainFamily: Family = {
  name: 'chain',
  problem(draw) {
    const c = drawCase(draw);
    if (!c) return undefined;
    const shape = yShape(c);
    const chain = Array.from({ length: draw.whole(1, 5) }, () => draw.pick(steps)(draw, shape));
    const readsAll = draw.chance(0.25);
    const [x, w] = [
      valuesOf('uniform', sizeOf(xShape(c)), draw.seed + 1),
      valuesOf('uniform', sizeOf(wShape(c)), draw.seed + 2),
    ];
    const give = drawGive(draw);
    const convolve = (images: tf.Tensor4D) => {
      const strides = c.strides as [number, number];
      if (c.groups === 1)
        return tf.conv2d(
          images,
          tf.tensor4d(w, wShape(c) as [number, number, number, number]),
          strides,
          c.pad as 'same',
        );
      const filter = tf.tensor4d(w, [c.kH, c.kW, c.inC, 1]);
      return tf.depthwiseConv2d(images, filter, strides, c.pad as 'same');
    };
    return {
      title: `${JSON.stringify(c)} then ${chain.map(({ name }) => name).join(' then ')}${readsAll ? ', all read' : ''}`,
      run() {
        let y = convolve(give(0, x, xShape(c)) as tf.Tensor4D);
        const all = [y];
        for (const step of chain) {
          y = step.run(y, give);
          all.push(y);
        }
        return readsAll ? all : [y];
      },
      expected: expectChain(c, chain, x, w).slice(readsAll ? 0 : -1),
    };
  },
};

function drawCase(draw: Draw): ConvCase | undefined {
  const isDepthwise = draw.chance(0.3);
  const inC = draw.channels(24);
  const k = draw.pick([1, 1, 3, 3, 5]);
  const stride = draw.pick([1, 1, 2]);
  const c: ConvCase = {
    name: isDepthwise ? 'depthwiseConv2d' : 'conv2d',
    ...{ batch: draw.pick([1, 1, 2]), inH: draw.side(), inW: draw.side(), inC, kH: k, kW: k },
    ...{ outC: isDepthwise ? inC : draw.channels(24), groups: isDepthwise ? inC : 1 },
    ...{ strides: [stride, stride], dilations: [1, 1], pad: draw.pick(['same', 'same', 'valid'] as const) },
    dataFormat: 'NHWC',
  };
  const fits = c.pad === 'same' || (c.inH >= k && c.inW >= k);
  if (!fits || (isDepthwise && inC === 1)) return undefined;
  const { outH, outW } = outputSize(c);
  return c.batch * outH * outW * k * k * (inC / c.groups) * c.outC <= 30_000 ? c : undefined;
}

function expectChain(c: ConvCase, chain: readonly Step[], x: Float32Array, w: Float32Array): Expected[] {
  const { values, magnitude } = referenceConv(c, x, w);
  const largest = magnitude.reduce((a, b) => Math.max(a, b), 0);
  const states: State[] = [{ values, errors: magnitude.map((m) => epsilon * (SLACK * m + 16 * largest)) }];
  for (const { of, slope = 1, size = 0 } of chain) {
    const before = states[states.length - 1];
    const next = before.values.map(of);
    const errors = before.errors.map((error, i) => {
      const growth = Number.isNaN(slope) ? 2 * Math.abs(before.values[i]) + error : slope;
      return growth * error + epsilon * (8 * Math.abs(next[i]) + size * (1 + Math.abs(before.values[i])));
    });
    states.push({ values: next, errors });
  }
  return states.map(({ values, errors }, i) => {
    return { name: `step ${i}`, shape: yShape(c), values, tolerance: (at) => errors[at] };
  });
}
