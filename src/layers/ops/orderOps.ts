// Searching, counting and set operations: https://keras.io/api/ops/numpy/

import * as tf from '@tensorflow/tfjs-core';
import { KerasValueError } from '../base/kerasValueError.js';
import { withUnknownSizes } from './inferShapes.js';
import type { OpCall } from './opCall.js';
import { type OpTable, op } from './opRow.js';
import { bool, float, numeric, promote } from './opValues.js';
import { withoutGradient } from './plainValues.js';
import { pickLast } from './sorting.js';

/** For each value how many entries of the vector lie below it, or at it too. NaN lies above all. */
function countBelow(vector: tf.Tensor, values: tf.Tensor, isRight: boolean): tf.Tensor {
  const wide = tf.expandDims(values, -1);
  const isBelow = isRight ? tf.lessEqual(vector, wide) : tf.less(vector, wide);
  const counts = tf.sum(tf.cast(isBelow, 'int32'), -1);
  return values.dtype === 'float32'
    ? tf.where(tf.isNaN(values), tf.fill(counts.shape, vector.size, 'int32'), counts)
    : counts;
}

const searchSorted = op('sorted_sequence values side', (call) => {
  const [vector, values] = promote([call.tensor('sorted_sequence'), call.tensor('values')]);
  if (vector.rank !== 1) throw call.wrong('sorted_sequence', 'a vector');
  return countBelow(vector, values, call.oneOf('side', ['left', 'right'], 'left') === 'right');
});

/** i where bins[i - 1] <= x < bins[i]; for decreasing bins bins[i - 1] > x >= bins[i]. */
const digitize = op('x bins', (call) => {
  const [x, bins] = promote([call.tensor('x'), call.tensor('bins')]);
  const edges = bins.dataSync();
  const isFalling = edges.length > 1 && edges[0] > edges[edges.length - 1];
  if (!isFalling) return countBelow(bins, x, true);
  return tf.sub(tf.scalar(bins.size, 'int32'), countBelow(tf.reverse(bins), x, false));
});

/** Whether fewer than k predictions are larger than that of the target. */
export const inTopK = op('targets predictions k', (call) => {
  const predictions = float(call.tensor('predictions'));
  const targets = tf.expandDims(tf.cast(call.tensor('targets'), 'int32'), -1);
  const found = pickLast(predictions, targets);
  const known = tf.where(tf.isNaN(found), tf.fill(found.shape, Number.NEGATIVE_INFINITY), found);
  const larger = tf.sum(tf.cast(tf.greater(predictions, known), 'int32'), -1);
  return tf.less(larger, tf.scalar(call.integer('k'), 'int32'));
});

const isIn = op('x1 x2 assume_unique invert', (call) => {
  const [x, among] = promote([call.tensor('x1'), call.tensor('x2')]).map(numeric);
  const found = tf.any(tf.equal(tf.expandDims(x, -1), tf.reshape(among, [-1])), -1);
  return call.boolean('invert', false) ? tf.logicalNot(found) : found;
});

/** How often each whole number from 0 up occurs along the last axis. */
const bincount = op('x weights minlength sparse', (call) => {
  const given = call.tensor('x');
  if (call.boolean('sparse', false)) throw call.wrong('sparse', 'False');
  if (given.rank < 1 || given.rank > 2) throw call.wrong('x', 'of rank 1 or 2');
  const x = tf.cast(given, 'int32');
  const weights = call.tensorOrNull('weights');
  const values = x.dataSync() as Int32Array;
  const length = values.reduce((most, value) => Math.max(most, value + 1), call.integer('minlength', 0));
  if (call.isTrial) return withUnknownSizes(tf.zeros([...x.shape.slice(0, -1), 1]), [x.rank - 1]);
  const codes = tf.cast(tf.equal(tf.expandDims(x, -1), tf.range(0, length, 1, 'int32')), 'float32');
  if (!weights) return tf.cast(tf.sum(codes, -2), 'int32');
  const wide = tf.expandDims(float(weights), -1);
  const sums = tf.sum(tf.where(tf.cast(codes, 'bool'), tf.broadcastTo(wide, codes.shape), tf.zerosLike(codes)), -2);
  return weights.dtype === 'float32' ? sums : tf.cast(sums, 'int32');
});

/** Counts of equal bins from the smallest to the largest value, and the edges of the bins. */
const histogram = op('x bins range', (call) => {
  const x = float(call.tensor('x'));
  const count = call.integer('bins', 10);
  const values = x.dataSync();
  const given = call.raw('range');
  const range = Array.isArray(given) ? (given as number[]) : rangeOf(values);
  const [low, high] = values.length === 0 ? [0, 1] : range;
  const [from, to] = low === high ? [low - 0.5, high + 0.5] : [low, high];
  const edges = Float32Array.from({ length: count + 1 }, (_, i) => from + ((to - from) * i) / count);
  const counts = new Int32Array(count);
  for (const value of values) {
    if (!(value >= from && value <= to)) continue;
    counts[Math.min(edgesUpTo(edges, value), count) - 1] += 1;
  }
  const [bounds] = withoutGradient(call.where, [x], [tf.tensor1d(edges)]);
  return [tf.tensor1d(Float32Array.from(counts)), bounds];
});

function rangeOf(values: ArrayLike<number>): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) [low, high] = [Math.min(low, values[i]), Math.max(high, values[i])];
  return [low, high];
}

/** How many of the edges, which ascend, are not above the value. */
function edgesUpTo(edges: Float32Array, value: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (edges[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** For each axis the positions of the values that are not zero. Their number depends on the values. */
const nonzero = op('x', (call) => {
  const x = call.tensor('x');
  if (call.isTrial) return x.shape.map(() => withUnknownSizes(tf.zeros([1]), [0]));
  const strides = x.shape.map((_, axis) => x.shape.slice(axis + 1).reduce((all, size) => all * size, 1));
  const places = [...bool(x).dataSync()].flatMap((value, i) => (value ? [i] : []));
  return x.shape.map((size, axis) =>
    tf.tensor1d(
      places.map((place) => Math.floor(place / strides[axis]) % size),
      'int32',
    ),
  );
});

interface Found {
  values: number[];
  first: number[];
  inverse: number[];
  counts: number[];
}

function findUnique(given: ArrayLike<number>): Found {
  const values = [...new Set(Array.from(given))].sort((a, b) => a - b);
  const place = new Map(values.map((value, i) => [value, i]));
  const inverse = Array.from(given, (value) => place.get(value) as number);
  const counts = values.map(() => 0);
  for (const i of inverse) counts[i] += 1;
  return { values, first: values.map((_, i) => inverse.indexOf(i)), inverse, counts };
}

/** Outputs whose length the values will tell, but for the inverse. */
function trialUnique(call: OpCall, shape: number[]): tf.Tensor | tf.Tensor[] {
  const keys = ['return_index', 'return_inverse', 'return_counts'].filter((key) => call.boolean(key, false));
  const some = () => withUnknownSizes(tf.zeros([1]), [0]);
  const more = keys.map((key) => (key === 'return_inverse' ? tf.zeros(shape) : some()));
  return more.length === 0 ? some() : [some(), ...more];
}

/** The different values in ascending order; with `size` so many of them, filled up with `fill_value` or the smallest. */
const unique = op('x sorted return_index return_inverse return_counts axis size fill_value', (call) => {
  const x = numeric(call.tensor('x'));
  if (call.has('axis') && x.rank !== 1) {
    throw new KerasValueError(
      `${call.where}: unique along an axis of a matrix is not supported; received axis=${call.number('axis')}`,
    );
  }
  const found = findUnique(x.dataSync());
  const { length } = found.values;
  const size = call.has('size') ? call.integer('size') : length;
  const fitted = (list: readonly number[], fill: number) => Array.from({ length: size }, (_, i) => list[i] ?? fill);
  if (call.isTrial && !call.has('size')) return trialUnique(call, x.shape);
  const sized = (list: readonly number[], fill: number, dtype: 'float32' | 'int32') =>
    tf.tensor1d(fitted(list, fill), dtype);
  const fill = call.number('fill_value', found.values[0] ?? 0);
  const [values] = withoutGradient(call.where, [x], [sized(found.values, fill, x.dtype as 'float32' | 'int32')]);
  const outputs = [values];
  if (call.boolean('return_index', false)) outputs.push(sized(found.first, found.first[0] ?? 0, 'int32'));
  if (call.boolean('return_inverse', false)) outputs.push(tf.tensor(found.inverse, x.shape, 'int32'));
  if (call.boolean('return_counts', false)) outputs.push(sized(found.counts, 0, 'int32'));
  return outputs.length === 1 ? outputs[0] : outputs;
});

/** Where a flat index lies in a tensor of this shape: one tensor for each axis. */
const unravelIndex = op('indices shape', (call: OpCall) => {
  const given = tf.cast(call.tensor('indices'), 'int32');
  const shape = call.integers('shape');
  const total = shape.reduce((all, size) => all * size, 1);
  const flat = Array.from(given.dataSync(), (index) =>
    Math.min(total - 1, Math.max(0, index < 0 ? index + total : index)),
  );
  return shape.map((size, axis) => {
    const stride = shape.slice(axis + 1).reduce((all, next) => all * next, 1);
    const places = flat.map((index) => Math.floor(index / stride) % size);
    return tf.tensor(places, given.shape, 'int32');
  });
});

export const orderOps: OpTable = {
  SearchSorted: searchSorted,
  Digitize: digitize,
  InTopK: inTopK,
  IsIn: isIn,
  Bincount: bincount,
  Histogram: histogram,
  Nonzero: nonzero,
  Unique: unique,
  UnravelIndex: unravelIndex,
};
