// Reductions of keras.ops.numpy and keras.ops.math, and operations along one axis: sorting and running sums.
// Source: https://keras.io/api/ops/numpy/

import * as tf from '@tensorflow/tfjs-core';
import { absOf, maxOf, minOf } from '../base/extremes.js';
import { split } from '../base/parts.js';
import { matrixNorm } from './matrixNorm.js';
import type { OpCall } from './opCall.js';
import { type OpRow, type OpTable, op } from './opRow.js';
import { bool, castTo, float, numeric, promote } from './opValues.js';
import { moveToLast } from './permuteAxes.js';
import { ascendingOrder, largest, pickLast } from './sorting.js';

type Reduce = (x: tf.Tensor, axes: number[], keepDims: boolean) => tf.Tensor;

/** A reduction. The axis null means all axes. */
function reduction(f: (x: tf.Tensor, axes: number[], keepDims: boolean, call: OpCall) => tf.Tensor): OpRow {
  return op('x axis keepdims', (call) => {
    const x = call.tensor('x');
    const axes = call.axes('axis', x.rank) ?? x.shape.map((_, i) => i);
    return f(x, axes, call.boolean('keepdims', false), call);
  });
}

/** The maximum or minimum; `initial` is one more candidate. */
function extreme(reduce: Reduce, combine: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): OpRow {
  return reduction((x, axes, keepDims, call) => {
    const y = reduce(numeric(x), axes, keepDims);
    const combined = call.has('initial')
      ? combine(...(promote([y, call.tensor('initial')]) as [tf.Tensor, tf.Tensor]))
      : y;
    return x.dtype === 'bool' ? bool(combined) : combined;
  });
}

const variance: Reduce = (x, axes, keepDims) => {
  const centered = tf.sub(float(x), tf.mean(float(x), axes, true));
  return tf.mean(tf.square(centered), axes, keepDims);
};

/** The index of the first maximum or minimum. Without an axis it is that in the flattened tensor. */
function position(find: (x: tf.Tensor, axis: number) => tf.Tensor): OpRow {
  return op('x axis keepdims', (call) => {
    const x = numeric(call.tensor('x'));
    const axis = call.axisOrNull('axis', x.rank);
    const y = axis === null ? find(tf.reshape(x, [-1]), 0) : find(x, axis);
    if (!call.boolean('keepdims', false)) return y;
    return tf.reshape(
      y,
      x.shape.map((size, i) => (axis === null || i === axis ? 1 : size)),
    );
  });
}

function running(f: (x: tf.Tensor, axis: number) => tf.Tensor): OpRow {
  return op('x axis dtype', (call) => {
    const given = numeric(call.tensor('x'));
    const x = call.has('dtype') ? castTo(given, call.text('dtype'), call.where) : given;
    const axis = call.axisOrNull('axis', x.rank);
    return axis === null ? f(tf.reshape(x, [-1]), 0) : f(x, axis);
  });
}

/** The gradient of tf.cumsum along another axis than the last has its axes in the wrong order. */
export function cumulativeSum(x: tf.Tensor, axis: number): tf.Tensor {
  const { moved, back } = moveToLast(x, axis);
  return back(tf.cumsum(moved, x.rank - 1));
}

/** tf.cumprod has no gradient: here each step doubles how many values before it a product holds. */
export function cumulativeProduct(x: tf.Tensor, axis: number): tf.Tensor {
  const size = x.shape[axis];
  let y: tf.Tensor = x.clone();
  for (let by = 1; by < size; by *= 2) {
    const [kept] = split(y, [size - by, by], axis);
    const ones = tf.ones(
      y.shape.map((length, i) => (i === axis ? by : length)),
      y.dtype,
    );
    y = tf.mul(y, tf.concat([ones, kept], axis));
  }
  return y;
}

/** A stable sort in ascending order. */
function sorted(pick: (x: tf.Tensor, order: tf.Tensor) => tf.Tensor): OpRow {
  return op('x axis', (call) => {
    const x = numeric(call.tensor('x'));
    const isFlat = call.raw('axis') === null && x.rank !== 1;
    const flat = isFlat ? tf.reshape(x, [-1]) : x;
    const { moved, back } = moveToLast(flat, call.axis('axis', flat.rank, -1));
    return back(pick(moved, ascendingOrder(moved)));
  });
}

const average = op('x weights axis', (call) => {
  const x = float(call.tensor('x'));
  const axes = call.axes('axis', x.rank) ?? x.shape.map((_, i) => i);
  const given = call.tensorOrNull('weights');
  if (!given) return tf.mean(x, axes);
  const isPerAxis = given.rank === 1 && axes.length === 1 && x.rank > 1;
  const shape = isPerAxis ? x.shape.map((size, i) => (i === axes[0] ? size : 1)) : given.shape;
  const weights = tf.broadcastTo(tf.reshape(float(given), shape), x.shape);
  return tf.div(tf.sum(tf.mul(x, weights), axes), tf.sum(weights, axes));
});

const topK = op('x k sorted', (call) => {
  return largest(numeric(call.tensor('x')), call.integer('k'));
});

const prod = op('x axis keepdims dtype', (call) => {
  const given = numeric(call.tensor('x'));
  const x = call.has('dtype') ? castTo(given, call.text('dtype'), call.where) : given;
  const axes = call.axes('axis', x.rank) ?? x.shape.map((_, i) => i);
  return tf.prod(x, axes, call.boolean('keepdims', false));
});

/**
 * Keras's ord of vectors: null and 2 give the Euclidean norm, p the p-norm, inf and -inf the largest and smallest
 * magnitude. Two axes are those of a matrix (matrixNorm.ts), without ord with the norm of all its values.
 */
const norm = op('x ord axis keepdims', (call) => {
  const x = float(call.tensor('x'));
  const axes = call.axes('axis', x.rank) ?? x.shape.map((_, i) => i);
  const keepDims = call.boolean('keepdims', false);
  const ord = call.raw('ord');
  const isMatrix = axes.length === 2 && !(call.raw('axis') === null && ord === null);
  if (ord === null || ord === 'fro' || (ord === 2 && !isMatrix)) return tf.sqrt(tf.sum(tf.square(x), axes, keepDims));
  if (isMatrix) return matrixNorm(call, x, axes as [number, number], keepDims);
  if (ord === Number.POSITIVE_INFINITY || ord === 'inf') return maxOf(absOf(x), axes, keepDims);
  if (ord === Number.NEGATIVE_INFINITY || ord === '-inf') return minOf(absOf(x), axes, keepDims);
  const p = call.number('ord');
  if (p === 0) return tf.sum(float(tf.notEqual(x, 0)), axes, keepDims);
  if (p === 1) return tf.sum(absOf(x), axes, keepDims);
  return tf.pow(tf.sum(tf.pow(absOf(x), p), axes, keepDims), 1 / p);
});

const argsort = sorted((_, order) => order);

const max = extreme(maxOf, tf.maximum);
const min = extreme(minOf, tf.minimum);

export const reductionOps: OpTable = {
  Sum: reduction((x, axes, keepDims) => tf.sum(numeric(x), axes, keepDims)),
  Mean: reduction((x, axes, keepDims) => tf.mean(float(x), axes, keepDims)),
  Max: max,
  Amax: max,
  Min: min,
  Amin: min,
  Ptp: reduction((x, axes, keepDims) => tf.sub(maxOf(x, axes, keepDims), minOf(x, axes, keepDims))),
  Prod: prod,
  Var: reduction(variance),
  Std: reduction((x, axes, keepDims) => tf.sqrt(variance(x, axes, keepDims))),
  Any: reduction((x, axes, keepDims) => tf.any(bool(x), axes, keepDims)),
  All: reduction((x, axes, keepDims) => tf.all(bool(x), axes, keepDims)),
  CountNonzero: reduction((x, axes, keepDims) => tf.sum(tf.cast(bool(x), 'int32'), axes, keepDims)),
  Logsumexp: reduction((x, axes, keepDims) => tf.logSumExp(float(x), axes, keepDims)),
  Argmax: position(tf.argMax),
  Argmin: position(tf.argMin),
  Cumsum: running(cumulativeSum),
  Cumprod: running(cumulativeProduct),
  Sort: sorted(pickLast),
  Argsort: argsort,
  // Any order is a partition if it is sorted.
  Argpartition: { ...argsort, names: ['x', 'kth', 'axis'] },
  TopK: topK,
  Average: average,
  Norm: norm,
};
