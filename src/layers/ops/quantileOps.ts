// Medians, quantiles and percentiles, with and without NaN: https://keras.io/api/ops/numpy/

import * as tf from '@tensorflow/tfjs-core';
import type { OpCall } from './opCall.js';
import { type OpRow, type OpTable, op } from './opRow.js';
import { asTensor, float } from './opValues.js';
import { ascendingOrder, mergeAxes, pickLast } from './sorting.js';

const methods = ['linear', 'lower', 'higher', 'midpoint', 'nearest'] as const;
type Method = (typeof methods)[number];

interface Request {
  readonly q: readonly number[];
  readonly method: Method;
  readonly ignoresNaN: boolean;
}

/** Quantiles along the last axis: [..., n] to [..., q]. Each row has its own count where NaN is ignored. */
function quantiles(x: tf.Tensor, { q, method, ignoresNaN }: Request): tf.Tensor {
  const n = x.shape[x.rank - 1];
  const isMissing = tf.isNaN(x);
  const filled = tf.where(isMissing, tf.fill(x.shape, Number.POSITIVE_INFINITY), x);
  const sorted = pickLast(filled, ascendingOrder(filled));
  const missing = float(tf.sum(tf.cast(isMissing, 'int32'), -1, true));
  const count = ignoresNaN ? tf.sub(n, missing) : tf.fill(missing.shape, n);
  const rank = tf.mul(tf.maximum(tf.sub(count, 1), 0), tf.tensor1d([...q]));
  const below = tf.floor(rank);
  const above = tf.minimum(tf.ceil(rank), n - 1);
  const at = (index: tf.Tensor) => pickLast(sorted, tf.cast(index, 'int32'));
  const isWrong = ignoresNaN ? tf.equal(missing, n) : tf.greater(missing, 0);
  const found = between(at(below), at(above), tf.sub(rank, below), method);
  return tf.where(tf.broadcastTo(isWrong, found.shape), tf.fill(found.shape, Number.NaN), found);
}

function between(low: tf.Tensor, high: tf.Tensor, part: tf.Tensor, method: Method): tf.Tensor {
  if (method === 'lower') return low;
  if (method === 'higher') return high;
  if (method === 'midpoint') return tf.div(tf.add(low, high), 2);
  if (method === 'nearest') return tf.where(tf.lessEqual(part, 0.5), low, high);
  // Equal neighbours may be infinite, where the difference is NaN.
  return tf.where(tf.equal(low, high), low, tf.add(tf.mul(low, tf.sub(1, part)), tf.mul(high, part)));
}

/** The values of q, and its shape, which leads that of the result. */
function quantileValues(call: OpCall, scale: number): { q: number[]; shape: number[] } {
  const given = asTensor(call.raw('q'), call.where);
  return { q: Array.from(float(given).dataSync(), (value) => value / scale), shape: given.shape };
}

function run(call: OpCall, q: number[], qShape: number[], ignoresNaN: boolean): tf.Tensor {
  const x = float(call.tensor('x'));
  const axes = call.axes('axis', x.rank) ?? [...x.shape.keys()];
  const method = call.oneOf('method', methods, 'linear');
  const y = quantiles(mergeAxes(x, axes), { q, method, ignoresNaN });
  const kept = call.boolean('keepdims', false)
    ? x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
    : x.shape.filter((_, axis) => !axes.includes(axis));
  const first = tf.transpose(y, [y.rank - 1, ...[...y.shape.keys()].slice(0, -1)]);
  return tf.reshape(first, [...qShape, ...kept]);
}

const quantile = (scale: number, ignoresNaN: boolean): OpRow =>
  op('x q axis method keepdims', (call) => {
    const { q, shape } = quantileValues(call, scale);
    return run(call, q, shape, ignoresNaN);
  });

const median = (ignoresNaN: boolean): OpRow => op('x axis keepdims', (call) => run(call, [0.5], [], ignoresNaN));

export const quantileOps: OpTable = {
  Median: median(false),
  Nanmedian: median(true),
  Quantile: quantile(1, false),
  Percentile: quantile(100, false),
  Nanquantile: quantile(1, true),
  Nanpercentile: quantile(100, true),
};
