// Reductions over any axes, of floats, whole numbers and bools, softmax and its relatives.

import * as tf from '@tensorflow/tfjs';
import { type Draw, valuesOf } from '../draw.js';
import {
  type Expected,
  epsilon,
  exact,
  type Family,
  forEachIndex,
  positionOf,
  sizeOf,
  sumTolerance,
} from '../family.js';
import { drawGive } from '../operands.js';

type Dtype = 'float32' | 'int32' | 'bool';

interface Reduction {
  readonly dtypes: readonly Dtype[];
  readonly run: (x: tf.Tensor, axes: number[], keepDims: boolean) => tf.Tensor;
  readonly reduce: (values: readonly number[]) => number;
  /** The tolerance for one set of values, in float32. Default: exact. */
  readonly tolerance?: (values: readonly number[]) => number;
  readonly isOneAxis?: boolean;
}

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
const magnitudeOf = (values: readonly number[]) => values.reduce((sum, value) => sum + Math.abs(value), 0);
const sumOf = (values: readonly number[]) => 16 * epsilon * magnitudeOf(values);
const product = (values: readonly number[]) => values.reduce((a, b) => a * b, 1);
const logSumExp = (values: readonly number[]) => {
  const most = Math.max(...values);
  return most + Math.log(total(values.map((value) => Math.exp(value - most))));
};
const first = (values: readonly number[], isBetter: (a: number, b: number) => boolean) =>
  values.reduce((best, value, i) => (isBetter(value, values[best]) ? i : best), 0);

const reductions: Readonly<Record<string, Reduction>> = {
  sum: {
    dtypes: ['float32', 'float32', 'int32', 'bool'],
    run: (x, axes, keep) => tf.sum(x, axes, keep),
    reduce: total,
    tolerance: sumOf,
  },
  mean: {
    dtypes: ['float32', 'float32', 'int32'],
    run: (x, axes, keep) => tf.mean(x, axes, keep),
    reduce: (values) => total(values) / values.length,
    // The mean of equal values is that value.
    tolerance: (v) => (v.every((value) => value === v[0]) ? 0 : (16 * epsilon * magnitudeOf(v)) / v.length),
  },
  max: { dtypes: ['float32', 'int32'], run: (x, axes, keep) => tf.max(x, axes, keep), reduce: (v) => Math.max(...v) },
  min: { dtypes: ['float32', 'int32'], run: (x, axes, keep) => tf.min(x, axes, keep), reduce: (v) => Math.min(...v) },
  prod: {
    dtypes: ['float32'],
    run: (x, axes, keep) => tf.prod(x, axes, keep),
    reduce: product,
    tolerance: (v) => 4 * v.length * epsilon * Math.abs(product(v)) + 1e-30,
  },
  all: { dtypes: ['bool'], run: (x, axes, keep) => tf.all(x, axes, keep), reduce: (v) => Math.min(...v) },
  any: { dtypes: ['bool'], run: (x, axes, keep) => tf.any(x, axes, keep), reduce: (v) => Math.max(...v) },
  argMax: {
    dtypes: ['float32', 'int32'],
    isOneAxis: true,
    run: (x, [axis]) => tf.argMax(x, axis),
    reduce: (v) => first(v, (a, b) => a > b),
  },
  argMin: {
    dtypes: ['float32', 'int32'],
    isOneAxis: true,
    run: (x, [axis]) => tf.argMin(x, axis),
    reduce: (v) => first(v, (a, b) => a < b),
  },
  logSumExp: {
    dtypes: ['float32'],
    run: (x, axes, keep) => tf.logSumExp(x, axes, keep),
    reduce: logSumExp,
    tolerance: (v) => 16 * epsilon * (Math.abs(Math.max(...v)) + v.length + 1),
  },
};

export const reductionFamily: Family = {
  name: 'reduction',
  problem(draw) {
    if (draw.chance(0.15)) return softmaxProblem(draw);
    const name = draw.pick(Object.keys(reductions));
    const reduction = reductions[name];
    const shape = draw.shape(draw.whole(1, 4));
    const dtype = draw.pick(reduction.dtypes);
    const axes = reduction.isOneAxis ? [draw.whole(0, shape.length - 1)] : drawAxes(draw, shape.length);
    const keepDims = !reduction.isOneAxis && draw.chance(0.3);
    const kind = dtype === 'float32' ? draw.pick(['uniform', 'whole', 'equal', 'sparse'] as const) : 'whole';
    const x = valuesOf(kind, sizeOf(shape), draw.seed + 1).map((v) => (dtype === 'bool' ? Number(v > 0) : v));
    const { groups, outShape } = groupsOf(shape, axes, keepDims);
    const sets = groups.map((group) => group.map((at) => x[at]));
    const { tolerance } = reduction;
    const give = drawGive(draw);
    return {
      title: `${name} of ${dtype} [${shape}] over ${axes}${keepDims ? ', dimensions kept' : ''}, ${kind}`,
      run: () => [reduction.run(give(0, x, shape, dtype), axes, keepDims)],
      expected: [
        {
          name: 'y',
          shape: outShape,
          values: sets.map(reduction.reduce),
          tolerance:
            tolerance && dtype === 'float32'
              ? (i) => tolerance(sets[i]) + 1e-30
              : dtype === 'int32' && name === 'mean'
                ? (i) => sumOf(sets[i])
                : exact,
        },
      ],
    };
  },
};

function drawAxes(draw: Draw, rank: number): number[] {
  const axes = Array.from({ length: rank }, (_, axis) => axis).filter(() => draw.chance(0.5));
  return axes.length > 0 ? axes : [draw.whole(0, rank - 1)];
}

/** For each output, the positions of the inputs that it reduces, in the order of memory. */
function groupsOf(shape: readonly number[], axes: readonly number[], keepDims: boolean) {
  const kept = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const groups = Array.from({ length: sizeOf(kept) }, (): number[] => []);
  forEachIndex(shape, (index, at) => {
    const own = index.map((i, axis) => (axes.includes(axis) ? 0 : i));
    groups[positionOf(kept, own)].push(at);
  });
  return { groups, outShape: keepDims ? kept : shape.filter((_, axis) => !axes.includes(axis)) };
}

function softmaxProblem(draw: Draw) {
  const shape = draw.shape(draw.whole(1, 3));
  const isLog = draw.chance(0.3);
  const kind = draw.valueKind();
  const x = valuesOf(kind, sizeOf(shape), draw.seed + 1);
  const last = shape[shape.length - 1];
  const values = new Float64Array(x.length);
  for (let from = 0; from < x.length; from += last) {
    const row = Array.from(x.subarray(from, from + last));
    const log = logSumExp(row);
    for (const [i, value] of row.entries()) values[from + i] = isLog ? value - log : Math.exp(value - log);
  }
  const largest = Math.max(...x.map(Math.abs)) + Math.log(last) + 1;
  const dy = valuesOf('uniform', x.length, draw.seed + 2);
  const f = (t: tf.Tensor) => (isLog ? tf.logSoftmax(t) : tf.softmax(t));
  const give = drawGive(draw);
  const expected: Expected[] = [
    {
      name: 'y',
      shape,
      values,
      tolerance: (i) => 16 * epsilon * (isLog ? largest : (largest + last) * values[i]) + 1e-30,
    },
    softmaxGradient(shape, values, dy, isLog),
  ];
  return {
    title: `${isLog ? 'logSoftmax' : 'softmax'} of [${shape}], ${kind}`,
    run: () => {
      const given = give(0, x, shape);
      return [f(given), tf.grad(f)(given, give(1, dy, shape))];
    },
    expected,
  };
}

function softmaxGradient(shape: readonly number[], y: Float64Array, dy: Float32Array, isLog: boolean): Expected {
  const last = shape[shape.length - 1];
  const dx = new Float64Array(y.length);
  const magnitude = new Float64Array(y.length).fill(1);
  for (let from = 0; from < y.length; from += last) {
    let sum = 0;
    for (let i = from; i < from + last; i++) sum += dy[i] * (isLog ? 1 : y[i]);
    for (let i = from; i < from + last; i++) {
      dx[i] = isLog ? dy[i] - Math.exp(y[i]) * sum : y[i] * (dy[i] - sum);
      magnitude[i] = last + 1;
    }
  }
  // A large value changes its exponential by as many epsilons.
  return { name: 'dx', shape, values: dx, tolerance: (i) => sumTolerance(magnitude, 400)(i) };
}
