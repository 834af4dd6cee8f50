// Functions of one and of two tensors against the official `cpu` backend: shapes, dtypes, broadcasts, and special
// values.

import * as tf from '@tensorflow/tfjs';
import { bools, expectAsOnCpu, floats, ints, lengths, type Op, useElementwise } from '../../../support/cpu/runOps.js';

describe('elementwise: unary ops as on cpu', () => {
  useElementwise();
  const close = 4e-7;
  const ops: readonly (readonly [string, (x: tf.Tensor) => tf.Tensor, number?, number?])[] = [
    ['relu', tf.relu],
    ['relu6', tf.relu6],
    ['abs', tf.abs],
    ['neg', tf.neg],
    ['square', tf.square],
    ['sqrt', tf.sqrt],
    ['rsqrt', tf.rsqrt, close],
    ['reciprocal', tf.reciprocal],
    ['floor', tf.floor],
    ['ceil', tf.ceil],
    ['round', tf.round],
    ['sign', tf.sign],
    ['step', (x) => tf.step(x, 0.25)],
    ['clipByValue', (x) => tf.clipByValue(x, -1, 2)],
    ['leakyRelu', (x) => tf.leakyRelu(x, 0.3), close, 1e-30],
    ['leakyRelu with a slope above 1', (x) => tf.leakyRelu(x, 1.5)],
    ['exp', tf.exp, close],
    ['expm1', tf.expm1, close],
    ['log', tf.log, close],
    ['log1p', tf.log1p, close],
    ['sigmoid', tf.sigmoid, close, 1e-30],
    ['tanh', tf.tanh, close],
    ['erf', tf.erf, close, 1],
    ['elu', tf.elu, close, 1e-30],
    ['selu', tf.selu, close, 1e-30],
    ['softplus', tf.softplus, 3e-6, 1e-30],
    ['softmax', (x) => tf.softmax(x), 1e-6, 1e-30],
    ['mish by parts', (x) => tf.mul(x, tf.tanh(tf.softplus(x))), 3e-6, 1e-30],
  ];
  for (const [title, op, tolerance, scale] of ops) {
    it(title, () => {
      for (const length of lengths) {
        expectAsOnCpu(`${title} of ${length}`, op, [floats([length])], tolerance, scale);
        const isRow = title === 'softmax';
        if (!isRow) expectAsOnCpu(`${title} of ${length} odd`, op, [floats([length], true)], tolerance, scale);
      }
      for (const shape of [[], [2, 3], [2, 3, 4], [1, 5, 3, 2], [2, 1, 3, 1, 2], [1, 2, 1, 3, 2, 2]]) {
        if (title === 'softmax' && shape.length === 0) continue;
        expectAsOnCpu(`${title} of [${shape}]`, op, [floats(shape)], tolerance, scale);
      }
    });
  }

  it('integers', () => {
    for (const op of [tf.relu, tf.abs, tf.neg, tf.square, tf.sign]) expectAsOnCpu('int32', op, [ints([5])]);
    expectAsOnCpu('leakyRelu int32', (x) => tf.leakyRelu(x, 0.5), [ints([5])]);
    expectAsOnCpu('clip int32', (x) => tf.clipByValue(x, -1, 1), [ints([5])]);
  });
});

/** Shapes that broadcast, and how their kernel treats them. */
const broadcasts: readonly (readonly [readonly number[], readonly number[]])[] = [
  ...lengths.map((n) => [[n], [n]] as const),
  ...lengths.map((n) => [[n], []] as const),
  ...lengths.map((n) => [[], [n]] as const),
  ...[1, 2, 3, 4, 5, 7, 8, 16, 31, 48, 50, 300].map((n) => [[2, 9, 5, n], [n]] as const),
  ...[1, 3, 8, 60].map((n) => [[n], [40, 11, n]] as const),
  [
    [3, 4, 5, 6],
    [3, 1, 1, 6],
  ],
  [
    [3, 4, 5, 6],
    [3, 4, 5, 1],
  ],
  [
    [3, 4, 5, 1],
    [3, 4, 5, 70],
  ],
  [
    [3, 1, 5, 6],
    [3, 4, 1, 6],
  ],
  [
    [4, 1],
    [1, 9],
  ],
  [
    [1, 9],
    [4, 1],
  ],
  [[1], [1]],
  [[1, 1], []],
  [
    [2, 1, 3, 1, 2, 1],
    [1, 3, 1, 2, 1, 5],
  ],
  [
    [2, 3, 2, 3, 2, 3],
    [2, 1, 2, 1, 2, 1],
  ],
  [
    [2, 3, 2, 3, 2, 3],
    [1, 3, 1, 3, 1, 3],
  ],
  [[0, 3], [3]],
  [
    [2, 0, 3],
    [1, 1, 3],
  ],
  [[300, 3], [3]],
  [
    [4000, 7],
    [1, 7],
  ],
];

describe('elementwise: binary ops as on cpu', () => {
  useElementwise();
  const arithmetic: readonly (readonly [string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, number?])[] = [
    ['add', tf.add],
    ['sub', tf.sub],
    ['mul', tf.mul],
    ['div', tf.div],
    ['maximum', tf.maximum],
    ['minimum', tf.minimum],
    ['squaredDifference', tf.squaredDifference, 3e-7],
    ['prelu', tf.prelu],
    ['greater', tf.greater],
    ['greaterEqual', tf.greaterEqual],
    ['less', tf.less],
    ['lessEqual', tf.lessEqual],
    ['equal', tf.equal],
    ['notEqual', tf.notEqual],
  ];
  for (const [title, op, tolerance] of arithmetic) {
    it(title, () => {
      for (const [a, b] of broadcasts) {
        const isComparison = ['e', 'n', 'g', 'l'].includes(title[0]);
        const make = (shape: readonly number[]) =>
          isComparison ? { ...floats(shape), values: Float32Array.from(ints(shape, 3).values) } : floats(shape);
        expectAsOnCpu(`${title} [${a}] [${b}]`, op, [make(a), make(b)], tolerance);
        expectAsOnCpu(`${title} [${a}] [${b}] odd`, op, [floats(a, true), floats(b, true)], tolerance);
      }
    });
  }

  it('integers', () => {
    for (const op of [tf.add, tf.sub, tf.mul, tf.maximum, tf.minimum, tf.notEqual, tf.equal, tf.div]) {
      for (const [a, b] of broadcasts.slice(0, 60))
        expectAsOnCpu(`${op.name} [${a}] [${b}]`, op, [ints(a), ints(b, 9)]);
      // TensorFlow.js rounds large products before they wrap around: integers.test.ts has the right ones.
      const most = op === tf.mul ? 2 ** 26 : 2 ** 31;
      expectAsOnCpu(`${op.name} overflow`, op, [ints([64], most), ints([64], most)]);
    }
  });

  it('mixed dtypes', () => {
    for (const op of [tf.add, tf.mul, tf.maximum, tf.greater]) {
      expectAsOnCpu('int and float', op, [ints([3, 5]), floats([5])]);
      expectAsOnCpu('bool and float', op, [bools([3, 5]), floats([5])]);
      expectAsOnCpu('bool and int', op, [bools([3, 5]), ints([5])]);
    }
  });

  it('pow', () => {
    expectAsOnCpu('square', (x) => tf.pow(x, 2), [floats([33], true)]);
    expectAsOnCpu('cube', (x) => tf.pow(x, 3), [floats([33], true)], 3e-7);
    expectAsOnCpu('by tensor', tf.pow, [floats([4, 3]), floats([3])], 3e-7);
    expectAsOnCpu('by a tensor of one', tf.pow, [floats([3]), { ...floats([1, 1]), values: Float32Array.of(2) }], 3e-7);
  });

  it('addN', () => {
    for (const n of [1, 2, 3, 5]) {
      for (const shape of [[0], [1], [17], [3, 4097]]) {
        const given = Array.from({ length: n }, () => floats(shape));
        expectAsOnCpu(`${n} of [${shape}]`, (...x) => tf.addN(x), given);
      }
    }
    expectAsOnCpu('integers', (...x) => tf.addN(x), [ints([5]), ints([5])]);
  });

  it('logic and choice', () => {
    for (const n of [...lengths, 100]) {
      expectAsOnCpu(`and ${n}`, tf.logicalAnd, [bools([n]), bools([n])]);
      expectAsOnCpu(`not ${n}`, tf.logicalNot, [bools([n])]);
      for (const make of [floats, ints]) {
        const op: Op = (c, a, b) => tf.where(c, a, b);
        expectAsOnCpu(`where ${n}`, op, [bools([n]), make([n]), make([n])]);
      }
    }
    expectAsOnCpu('and, broadcast', tf.logicalAnd, [bools([3, 5]), bools([5])]);
    expectAsOnCpu('where, broadcast', (c, a, b) => tf.where(c, a, b), [bools([5]), floats([3, 5]), floats([])]);
  });
});
