// Functions, reductions and running sums of values at the rims of floats: NaN, infinities, zeros of both signs, huge and
// tiny numbers. Expected is what JavaScript computes in float64, rounded to float32.

import * as tf from '@tensorflow/tfjs';
import type { Draw } from '../draw.js';
import { epsilon, exact, type Family, forEachIndex, type Problem, positionOf, sizeOf } from '../family.js';

const { NaN: none, POSITIVE_INFINITY: infinity } = Number;

const specials = [none, infinity, -infinity, 0, -0, 1, -1, 0.5, -0.5, 2, -2, 3e38, -3e38, 1e20, -1e20, 1e-7, -1e-7];

/** Values of which some are special, the others of any size up to 10^4. */
function drawValues(draw: Draw, size: number, share = 0.4): Float32Array {
  return Float32Array.from({ length: size }, () => {
    if (draw.chance(share)) return draw.pick(specials);
    return (draw.unit() * 2 - 1) * 10 ** draw.whole(-3, 4);
  });
}

interface Unary {
  readonly run: (x: tf.Tensor) => tf.Tensor;
  readonly of: (x: number) => number;
  /** Units in the last place that the result may be off. Default: 16. */
  readonly units?: number;
  /** How far it may be off near 0, in units of 1. Default: 0. */
  readonly absolute?: number;
}

const selu = (x: number) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x));

const unaries: Readonly<Record<string, Unary>> = {
  abs: { run: tf.abs, of: Math.abs, units: 0 },
  acos: { run: tf.acos, of: Math.acos, absolute: 8 },
  acosh: { run: tf.acosh, of: Math.acosh, absolute: 4 },
  asin: { run: tf.asin, of: Math.asin },
  asinh: { run: tf.asinh, of: Math.asinh },
  atan: { run: tf.atan, of: Math.atan },
  atanh: { run: tf.atanh, of: Math.atanh },
  cos: { run: tf.cos, of: Math.cos, absolute: 4 },
  cosh: { run: tf.cosh, of: Math.cosh, units: 128 },
  elu: { run: tf.elu, of: (x) => (x > 0 ? x : Math.expm1(x)), absolute: 2 },
  exp: { run: tf.exp, of: Math.exp, units: 128 },
  expm1: { run: tf.expm1, of: Math.expm1, units: 128 },
  floor: { run: tf.floor, of: Math.floor, units: 0 },
  isFinite: { run: tf.isFinite, of: (x) => Number(Number.isFinite(x)), units: 0 },
  isNaN: { run: tf.isNaN, of: (x) => Number(Number.isNaN(x)), units: 0 },
  leakyRelu: { run: (x) => tf.leakyRelu(x, 0.25), of: (x) => (x < 0 ? 0.25 * x : x), units: 0 },
  log: { run: tf.log, of: Math.log, absolute: 4 },
  log1p: { run: tf.log1p, of: Math.log1p },
  reciprocal: { run: tf.reciprocal, of: (x) => 1 / x },
  relu: { run: tf.relu, of: (x) => (x < 0 ? 0 : x), units: 0 },
  relu6: { run: tf.relu6, of: (x) => (x < 0 ? 0 : x > 6 ? 6 : x), units: 0 },
  selu: { run: tf.selu, of: selu, absolute: 4 },
  sigmoid: { run: tf.sigmoid, of: (x) => 1 / (1 + Math.exp(-x)), absolute: 2 },
  sign: { run: tf.sign, of: (x) => (x > 0 ? 1 : x < 0 ? -1 : 0), units: 0 }, // that of NaN is 0 in TensorFlow.js
  sin: { run: tf.sin, of: Math.sin, absolute: 4 },
  sinh: { run: tf.sinh, of: Math.sinh, units: 128 },
  softplus: { run: tf.softplus, of: (x) => (x > 30 ? x : Math.log1p(Math.exp(x))), absolute: 8 },
  sqrt: { run: tf.sqrt, of: Math.sqrt },
  square: { run: tf.square, of: (x) => x * x },
  tanh: { run: tf.tanh, of: Math.tanh, absolute: 2 },
};

interface Binary {
  readonly run: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
  readonly of: (a: number, b: number) => number;
  /** Default: 4. */
  readonly units?: number;
}

const binaries: Readonly<Record<string, Binary>> = {
  add: { run: tf.add, of: (a, b) => a + b },
  atan2: { run: tf.atan2, of: Math.atan2, units: 32 },
  div: { run: tf.div, of: (a, b) => a / b },
  equal: { run: tf.equal, of: (a, b) => Number(a === b), units: 0 },
  less: { run: tf.less, of: (a, b) => Number(a < b), units: 0 },
  maximum: { run: tf.maximum, of: Math.max, units: 0 },
  minimum: { run: tf.minimum, of: Math.min, units: 0 },
  mul: { run: tf.mul, of: (a, b) => a * b },
  notEqual: { run: tf.notEqual, of: (a, b) => Number(a !== b), units: 0 },
  sub: { run: tf.sub, of: (a, b) => a - b },
  // In float32 the difference may overflow before its square does.
  squaredDifference: { run: tf.squaredDifference, of: (a, b) => Math.fround(a - b) ** 2, units: 8 },
};

/** In float32; what a GPU takes for 0 is compared as such. */
function rounded(values: readonly number[], units: number, absolute: number) {
  const wanted = Float64Array.from(values, Math.fround);
  const isWithin = units === 0 && absolute === 0;
  const tolerance = (i: number) => {
    const size = Math.abs(wanted[i]);
    return Number.isFinite(size) ? epsilon * (units * size + absolute) + 1.2e-38 : 0;
  };
  return { values: wanted, tolerance: isWithin ? exact : tolerance };
}

function unaryProblem(draw: Draw): Problem {
  const name = draw.pick(Object.keys(unaries));
  const { run, of, units = 16, absolute = 0 } = unaries[name];
  const shape = draw.shape(draw.whole(0, 4), 200);
  const x = drawValues(draw, sizeOf(shape));
  return {
    title: `${name} of special values [${shape}]`,
    run: () => [run(tf.tensor(x, shape))],
    expected: [{ name: 'y', shape, ...rounded(Array.from(x, of), units, absolute) }],
  };
}

function binaryProblem(draw: Draw): Problem {
  const name = draw.pick(Object.keys(binaries));
  const { run, of, units = 4 } = binaries[name];
  const shape = draw.shape(draw.whole(1, 3), 200);
  const kind = draw.pick(['same', 'scalar', 'row'] as const);
  const other = kind === 'same' ? shape : kind === 'scalar' ? [] : shape.slice(-1);
  const [a, b] = [drawValues(draw, sizeOf(shape)), drawValues(draw, sizeOf(other))];
  const isSwapped = draw.chance(0.3);
  const values = Array.from(a, (value, i) => {
    const second = b[i % b.length];
    return isSwapped ? of(second, value) : of(value, second);
  });
  return {
    title: `${name} of special values [${shape}] and [${other}]${isSwapped ? ', swapped' : ''}`,
    run: () => {
      const [x, y] = [tf.tensor(a, shape), tf.tensor(b, other)];
      return [isSwapped ? run(y, x) : run(x, y)];
    },
    expected: [{ name: 'y', shape, ...rounded(values, units, 0) }],
  };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The first of the best; NaN is passed over unless it comes first. */
function firstBest(values: readonly number[], direction: 1 | -1): number {
  return values.reduce((best, value, i) => (direction * value > direction * values[best] ? i : best), 0);
}

const reductions: Readonly<Record<string, readonly [(x: tf.Tensor, axis: number) => tf.Tensor, typeof mean]>> = {
  argMax: [(x, axis) => tf.argMax(x, axis), (values) => firstBest(values, 1)],
  argMin: [(x, axis) => tf.argMin(x, axis), (values) => firstBest(values, -1)],
  max: [(x, axis) => tf.max(x, axis), (values) => Math.max(...values)],
  mean: [(x, axis) => tf.mean(x, axis), mean],
  min: [(x, axis) => tf.min(x, axis), (values) => Math.min(...values)],
};

/** Lines of one kind of values each: only the mean of such has a value that does not hang on the order of sums. */
function reductionProblem(draw: Draw): Problem {
  const name = draw.pick(Object.keys(reductions));
  const [run, of] = reductions[name];
  const length = draw.chance(0.3) ? draw.whole(250, 1200) : draw.whole(1, 40);
  const lines = Array.from({ length: draw.whole(1, 6) }, () => {
    if (name !== 'mean') return Array.from(drawValues(draw, length, 0.2));
    const kind = draw.pick(['equal', 'infinite', 'both', 'none'] as const);
    const value = draw.pick([3e38, -3e38, 1e20, -1e-7, 0]);
    return Array.from({ length }, (_, i) => {
      if (kind === 'equal' || i % 7 !== 3) return value;
      return kind === 'none' ? none : kind === 'both' && i % 2 === 0 ? -infinity : infinity;
    });
  });
  const isDown = draw.chance(0.5);
  const values = isDown
    ? Array.from({ length: length * lines.length }, (_, i) => lines[i % lines.length][Math.floor(i / lines.length)])
    : lines.flat();
  const shape = isDown ? [length, lines.length] : [lines.length, length];
  const x = Float32Array.from(values);
  const wanted = lines.map((line) => Math.fround(of(line.map(Math.fround))));
  return {
    title: `${name} of ${lines.length} special lines of ${length}${isDown ? ', down' : ''}`,
    run: () => [run(tf.tensor(x, shape), isDown ? -2 : -1)],
    expected: [{ name: 'y', shape: [lines.length], values: wanted, tolerance: exact }],
  };
}

/** Whole numbers of any rank up to 6, along an axis that may be counted from the end. */
function cumulateProblem(draw: Draw): Problem {
  const rank = draw.whole(1, 6);
  const shape = draw.shape(rank, 300);
  const axis = draw.whole(0, rank - 1);
  const isSum = draw.chance(0.6);
  const [exclusive, reverse] = [draw.chance(0.4), draw.chance(0.4)];
  const dtype = draw.pick(['float32', 'int32', 'bool'] as const);
  const x = Float32Array.from({ length: sizeOf(shape) }, () => draw.whole(dtype === 'bool' ? 0 : -1, 1));
  const values = new Float64Array(x.length);
  forEachIndex(shape, (index, at) => {
    let total = isSum ? 0 : 1;
    for (let i = 0; i < shape[axis]; i++) {
      const isBefore = reverse ? i > index[axis] : i < index[axis];
      if (!isBefore && (exclusive || i !== index[axis])) continue;
      const value = x[positionOf(shape, [...index.slice(0, axis), i, ...index.slice(axis + 1)])];
      total = isSum ? total + value : total * value;
    }
    values[at] = total;
  });
  const given = draw.chance(0.5) ? axis - rank : axis;
  const f = isSum ? tf.cumsum : tf.cumprod;
  return {
    title: `${isSum ? 'cumsum' : 'cumprod'} of ${dtype} [${shape}] along ${given}, ${exclusive} ${reverse}`,
    run: () => [f(tf.tensor(x, shape, dtype), given, exclusive, reverse)],
    expected: [{ name: 'y', shape, values, tolerance: exact }],
  };
}

/** Rows of which some values are masked with -infinity or -3e38. */
function softmaxProblem(draw: Draw): Problem {
  const [rows, length] = [draw.whole(1, 6), draw.chance(0.3) ? draw.whole(250, 700) : draw.whole(2, 40)];
  const mask = draw.pick([-infinity, -3e38, -1e25]);
  const x = Float32Array.from({ length: rows * length }, (_, i) => {
    return i % length > 0 && draw.chance(0.4) ? mask : draw.unit() * 8 - 4;
  });
  const values = new Float64Array(x.length);
  for (let row = 0; row < rows; row++) {
    const line = Array.from(x.subarray(row * length, (row + 1) * length));
    const most = Math.max(...line);
    const powers = line.map((value) => Math.exp(value - most));
    const total = powers.reduce((sum, value) => sum + value, 0);
    for (const [i, power] of powers.entries()) values[row * length + i] = power / total;
  }
  return {
    title: `softmax of [${rows}, ${length}], masked with ${mask}`,
    run: () => [tf.softmax(tf.tensor(x, [rows, length]))],
    expected: [{ name: 'y', shape: [rows, length], values, tolerance: (i) => 64 * epsilon * values[i] + 1.2e-38 }],
  };
}

const kinds = [
  unaryProblem,
  unaryProblem,
  binaryProblem,
  binaryProblem,
  reductionProblem,
  cumulateProblem,
  softmaxProblem,
];

export const specialFamily: Family = { name: 'special', problem: (draw) => draw.pick(kinds)(draw) };
