// Functions on TensorFlow.js's textures, beside JavaScript's own in float64: NaN, infinities, zeros of both signs, numbers
// of every size, and pairs of all of these.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { useBackend } from '../../../support/backends.js';
import { random } from '../../../support/randomCases.js';

const ordinary = [0.1, 0.5, 0.785, 0.999, 1, 1.5, 1.5708, 2, 2.5, 3, 3.14, 7, 20, 64, 65];
const extreme = [1e-5, 1e-20, 50, 88.5, 89.2, 100, 1000, 12345.678, 1e6, 16777216, 1e10, 1e20, 3e38];
const edges = [Number.NaN, Number.POSITIVE_INFINITY, 0, ...ordinary, ...extreme].flatMap((x) => [x, -x]);

const next = random(5);
/** Numbers of all sizes, half of them between -8 and 8. */
const spread = Array.from({ length: 300 }, (_, i) => (i % 2 ? 8 * next() : Math.sign(next()) * 10 ** (37 * next())));
const numbers = Float32Array.from([...edges, ...spread]);
const pairs = edges.flatMap((a) => edges.map((b) => [a, b] as const));
const randomPairs = Array.from({ length: 500 }, () => [8 * next(), 8 * next()] as const);
const lefts = Float32Array.from([...pairs, ...randomPairs], ([a]) => a);
const rights = Float32Array.from([...pairs, ...randomPairs], ([, b]) => b);

type Unary = readonly [run: (x: tf.Tensor) => tf.Tensor, formula: (x: number) => number];
type Binary = readonly [
  run: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
  formula: (a: number, b: number) => number | undefined,
];

const clamp = (low: number, high: number) => (x: number) => Math.min(Math.max(x, low), high);
const [seluScale, seluAlpha] = [1.0507009873554805, 1.6732632423543772];

const unary: Readonly<Record<string, Unary>> = {
  acos: [tf.acos, Math.acos],
  acosh: [tf.acosh, Math.acosh],
  asin: [tf.asin, Math.asin],
  asinh: [tf.asinh, Math.asinh],
  atan: [tf.atan, Math.atan],
  atanh: [tf.atanh, Math.atanh],
  clipByValue: [(x) => tf.clipByValue(x, -1, 2), clamp(-1, 2)],
  cos: [tf.cos, Math.cos],
  cosh: [tf.cosh, Math.cosh],
  elu: [tf.elu, (x) => (x < 0 ? Math.expm1(x) : x)],
  expm1: [tf.expm1, Math.expm1],
  leakyRelu: [(x) => tf.leakyRelu(x, 0.3), (x) => (x < 0 ? Math.fround(0.3) * x : x)],
  log1p: [tf.log1p, Math.log1p],
  logSigmoid: [tf.logSigmoid, (x) => (x < 0 ? x - Math.log1p(Math.exp(x)) : -Math.log1p(Math.exp(-x)))],
  relu: [tf.relu, clamp(0, Number.POSITIVE_INFINITY)],
  relu6: [tf.relu6, clamp(0, 6)],
  selu: [tf.selu, (x) => seluScale * (x < 0 ? seluAlpha * Math.expm1(x) : x)],
  sin: [tf.sin, Math.sin],
  sinh: [tf.sinh, Math.sinh],
  softplus: [tf.softplus, (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))],
  tan: [tf.tan, Math.tan],
};

/** TensorFlow's floormod: the rest has the sign of b. */
function floorMod(a: number, b: number): number {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

/** A whole number in TensorFlow.js, in which what is not finite is 0. Integers of more than 32 bits are not compared. */
function wholeQuotient(a: number, b: number): number | undefined {
  const quotient = Math.floor(a / b);
  if (!Number.isFinite(Math.fround(quotient))) return 0;
  return Math.abs(quotient) < 2 ** 31 ? quotient : undefined;
}

const binary: Readonly<Record<string, Binary>> = {
  atan2: [tf.atan2, Math.atan2],
  div: [tf.div, (a, b) => a / b],
  floorDiv: [tf.floorDiv, wholeQuotient],
  mod: [tf.mod, floorMod],
  pow: [tf.pow, (a, b) => a ** b],
  prelu: [tf.prelu, (a, b) => (a < 0 ? b * a : a)],
};

/** Where float32 has fewer digits, or none, a GPU may say 0. */
const smallest = 1.2e-38;

function expectClose(name: string, actual: number, exact: number | undefined): void {
  if (exact === undefined) return;
  const [e, largest] = [Math.fround(exact), 3.4028234e38];
  if (Object.is(actual, e) || actual === e) return;
  const relative = 3e-6 + exponentialError(name, exact);
  const isNear =
    Math.abs(actual - exact) <= Math.max(relative * Math.abs(exact), 1.2e-7 * toleratedSize(name), smallest);
  const isAtOverflow = Math.abs(exact) > 0.9999 * largest && Math.abs(actual) > 0.9999 * largest;
  const isSigned = Math.sign(actual) === Math.sign(e);
  if (isNear || (isAtOverflow && isSigned)) return;
  expect.fail(`${name} must be ${e}; received ${actual}`);
}

/** The size of what is subtracted in the formula of a function of networks, which is not meant for small numbers. */
function toleratedSize(name: string): number {
  return /^(elu|selu|softplus|logSigmoid)/.test(name) ? 2 : 0;
}

/** A GPU's exp(x) may be off by 3 + 2 |x| of the last digits, by Vulkan's rules. */
function exponentialError(name: string, exact: number): number {
  return /^(sinh|cosh|pow)/.test(name) && exact !== 0 ? 2.4e-7 * Math.abs(Math.log(Math.abs(exact))) : 0;
}

type Place = (values: Float32Array) => tf.Tensor;

const places: Readonly<Record<string, Place>> = {
  'numbers of the CPU': (values) => tf.tensor1d(values),
  '2x2 values a texel': (values) =>
    tf.tidy(() => tf.concat([tf.tensor1d(values), tf.zeros([5])]).slice(0, values.length)),
  tiled: (values) =>
    tf.tidy(() => {
      const x = tf.tensor4d(values, [1, 1, values.length, 1]);
      return tf.depthwiseConv2d(x, tf.ones<tf.Rank.R4>([1, 1, 1, 1]), 1, 'valid');
    }),
};

/** The values of the result and of the operands, whose zeros lose their sign in the tiled layout. */
function computed(run: (...operands: tf.Tensor[]) => tf.Tensor, ...operands: tf.Tensor[]): number[][] {
  const y = run(...operands);
  const values = [y, ...operands].map((tensor) => [...tensor.dataSync()]);
  tf.dispose([y, ...operands]);
  return values;
}

function addTests(): void {
  for (const [place, make] of Object.entries(places)) {
    for (const [name, [run, formula]] of Object.entries(unary)) {
      it(`${name}: ${place}`, () => {
        const [y, xs] = computed(run, make(numbers));
        for (const [i, x] of xs.entries()) expectClose(`${name}(${x})`, y[i], formula(x));
      });
    }
    for (const [name, [run, formula]] of Object.entries(binary)) {
      it(`${name}: ${place}`, () => {
        const [y, as, bs] = computed(run, make(lefts), make(rights));
        for (const [i, a] of as.entries()) expectClose(`${name}(${a}, ${bs[i]})`, y[i], formula(a, bs[i]));
      });
    }
  }
}

describe('WebGL2 ops: functions on textures of TensorFlow.js', () => {
  useBackend('convnet-webgl');
  addTests();

  it('broadcasts', () => {
    const [column, row] = [[[1], [2], [-3]], [[0, 2, 5, -1]]];
    for (const [name, [run, formula]] of Object.entries(binary)) {
      const y = tf.tidy(() => run(tf.tensor(column), tf.tensor(row)).dataSync());
      y.forEach((value, i) => {
        const [a, b] = [column[Math.floor(i / 4)][0], row[0][i % 4]];
        expectClose(`${name}(${a}, ${b})`, value, formula(a, b));
      });
    }
  });

  it('knows six axes', () => {
    for (const shape of [
      [2, 1, 2, 3, 3],
      [2, 1, 2, 3, 1, 3],
    ]) {
      const values = numbers.slice(0, 36);
      const last = tf.util.sizeFromShape(shape.slice(-2));
      const made = (all: Float32Array) => [tf.tensor(values, shape), tf.tensor(all, shape.slice(-2))] as const;
      const second = values.slice(20, 20 + last);
      const y = tf.tidy(() => [tf.sin(made(second)[0]).dataSync(), tf.mod(...made(second)).dataSync()]);
      for (const [i, x] of values.entries()) {
        expectClose(`sin(${x})`, y[0][i], Math.sin(x));
        expectClose(`mod(${x}, ${second[i % last]})`, y[1][i], floorMod(x, second[i % last]));
      }
    }
  });

  it('leaves whole numbers and empty tensors to TensorFlow.js', () => {
    const whole = tf.tidy(() => tf.floorDiv(tf.tensor1d([7, -7], 'int32'), tf.tensor1d([2, 2], 'int32')).dataSync());
    expect([...whole]).to.deep.equal([3, -4]);
    const empty = tf.tidy(() => tf.mod(tf.zeros([0, 3]), tf.ones([3])).shape);
    expect(empty).to.deep.equal([0, 3]);
  });
});

describe('WebGL2 ops: functions on textures of TensorFlow.js, one value a texel', () => {
  const flags = ['WEBGL_PACK_UNARY_OPERATIONS', 'WEBGL_PACK_BINARY_OPERATIONS'];
  const setAll = (value: boolean) => {
    for (const flag of flags) tf.env().set(flag, value);
  };
  useBackend('convnet-webgl');
  before(() => setAll(false));
  after(() => setAll(true));
  addTests();
});
