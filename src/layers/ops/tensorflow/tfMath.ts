// TensorFlow's functions of numbers that Keras has no operation for: https://www.tensorflow.org/api_docs/python/tf/math

import * as tf from '@tensorflow/tfjs-core';
import { logAddExp, maximumOf, minimumOf } from '../../base/extremes.js';
import { KerasValueError } from '../../base/kerasValueError.js';
import { split, unstack } from '../../base/parts.js';
import { withUnknownSizes } from '../inferShapes.js';
import { type OpRow, type OpTable, op } from '../opRow.js';
import { castTo, float, numeric, promote } from '../opValues.js';
import { inTopK as inTopKRow } from '../orderOps.js';
import { moveToLast, product } from '../permuteAxes.js';
import { cumulativeProduct, cumulativeSum } from '../reductionOps.js';
import { scatterRows } from '../segmentOps.js';
import { ascendingOrder, pickLast } from '../sorting.js';
import { digamma, i0e, i1, i1e, logGamma } from '../specialFunctions.js';
import { axesOf, numberOf, tensorsOf } from './tfValues.js';

const two = (f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): OpRow => ({
  ...op('x y', (call) => {
    const [a, b] = promote([call.tensor('x'), call.tensor('y')]).map(numeric);
    return f(a, b);
  }),
  isElementwise: true,
});

const one = (f: (x: tf.Tensor) => tf.Tensor): OpRow => ({
  ...op('x', (call) => f(float(call.tensor('x')))),
  isElementwise: true,
});

/** f where x is not 0, and 0 elsewhere, whatever f is there. */
const unlessZero = (f: (x: tf.Tensor, y: tf.Tensor) => tf.Tensor): OpRow =>
  two((x, y) => {
    const isZero = tf.equal(x, 0);
    const wide = tf.add(tf.mul(x, 0), tf.mul(y, 0));
    return tf.where(tf.broadcastTo(isZero, wide.shape), tf.zerosLike(wide), f(x, y));
  });

const truncate = (x: tf.Tensor) => tf.mul(tf.sign(x), tf.floor(tf.abs(x)));

const multiplyNoNaN = two((x, y) => {
  const isZero = tf.equal(y, 0);
  const safe = tf.where(
    tf.broadcastTo(isZero, tf.mul(x, y).shape),
    tf.zerosLike(tf.mul(x, y)),
    tf.add(x, tf.zerosLike(y)),
  );
  return tf.mul(safe, y);
});

/** x / sqrt(max(sum of squares, epsilon)) */
const l2Normalize = op('x axis epsilon', (call) => {
  const x = float(call.tensor('x'));
  const squares = tf.sum(tf.square(x), axesOf(call, x), true);
  return tf.mul(x, tf.rsqrt(tf.maximum(squares, call.number('epsilon', 1e-12))));
});

/** A running sum or product, over what lies before (exclusive), or from the end (reverse). */
function running(f: (x: tf.Tensor, axis: number) => tf.Tensor, neutral: number): OpRow {
  return op('x axis exclusive reverse', (call) => {
    const given = numeric(call.tensor('x'));
    const axis = call.axis('axis', given.rank, 0);
    const isReverse = call.boolean('reverse', false);
    const x = isReverse ? tf.reverse(given, axis) : given;
    const y = f(x, axis);
    const result = call.boolean('exclusive', false) ? shifted(y, axis, neutral) : y;
    return isReverse ? tf.reverse(result, axis) : result.clone();
  });
}

function shifted(x: tf.Tensor, axis: number, fill: number): tf.Tensor {
  const size = x.shape[axis];
  const [kept] = split(x, [size - 1, 1], axis);
  return tf.pad(
    kept,
    kept.shape.map((_, i): [number, number] => (i === axis ? [1, 0] : [0, 0])),
    fill,
  );
}

/** log of the running sum of exp, by the running maximum of each step's pair. */
function runningLogSumExp(x: tf.Tensor, axis: number): tf.Tensor {
  const sums: tf.Tensor[] = [];
  for (const part of unstack(x, axis)) {
    const last = sums.at(-1);
    sums.push(last ? logAddExp(last, part) : part);
  }
  return tf.stack(sums, axis);
}

function sorting(pick: (x: tf.Tensor, order: tf.Tensor) => tf.Tensor): OpRow {
  return op('values axis direction stable', (call) => {
    const x = numeric(call.tensor('values'));
    const { moved, back } = moveToLast(x, call.axis('axis', x.rank, -1));
    const isFalling = call.text('direction', 'ASCENDING').toUpperCase() === 'DESCENDING';
    return back(pick(moved, ascendingOrder(isFalling ? tf.neg(moved) : moved)));
  });
}

/** The means of the rows of each segment; `root` divides by the root of their number. */
function segmentMean(isSorted: boolean, root = false): OpRow {
  return op('data segment_ids num_segments', (call) => {
    const data = float(call.tensor('data'));
    const ids = [...tf.cast(call.tensor('segment_ids'), 'int32').dataSync()];
    const count = isSorted ? ids.reduce((most, id) => Math.max(most, id + 1), 0) : call.integer('num_segments');
    const rows = tf.reshape(data, [data.shape[0], product(data.shape.slice(1))]);
    const numbers = scatterRows(tf.ones([data.shape[0], 1]), ids, count);
    const divisor = tf.maximum(root ? tf.sqrt(numbers) : numbers, 1);
    return tf.reshape(tf.div(scatterRows(rows, ids, count), divisor), [count, ...data.shape.slice(1)]);
  });
}

/** The coefficient of the highest power is the first. */
const polyval = op('coeffs x', (call) => {
  const x = float(call.tensor('x'));
  const coefficients = tensorsOf(call, 'coeffs').map(float);
  return coefficients
    .slice(1)
    .reduce<tf.Tensor>((sum, c) => tf.add(tf.mul(sum, x), c), tf.add(coefficients[0], tf.zerosLike(x)));
});

const clipByNorm = op('t clip_norm axes', (call) => {
  const x = float(call.tensor('t'));
  const limit = float(call.tensor('clip_norm'));
  const squares = tf.sum(tf.square(x), axesOf(call, x, 'axes'), true);
  const isZero = tf.equal(squares, 0);
  const norm = tf.sqrt(tf.where(isZero, tf.onesLike(squares), squares));
  return tf.div(tf.mul(x, limit), maximumOf(tf.where(isZero, tf.zerosLike(norm), norm), limit));
});

/** Bounds that are tensors, which Keras's Clip does not take. */
const clipByTensors = op('t clip_value_min clip_value_max', (call) => {
  const [x, low, high] = promote(['t', 'clip_value_min', 'clip_value_max'].map((key) => call.tensor(key)));
  return minimumOf(maximumOf(x, low), high);
});

/** The compat function has the predictions first. */
const inTopK = op('predictions targets k', (call) => inTopKRow.run(call));

const addN = op('inputs', (call) => tf.addN(promote(tensorsOf(call, 'inputs')).map(numeric)));

/** Whether each value, in the order of the memory, is as `compare` says of it and the one before. */
const rising = (compare: typeof tf.greater): OpRow =>
  op('x', (call) => {
    const x = tf.reshape(numeric(call.tensor('x')), [-1]);
    return tf.all(compare(tf.slice(x, 1), tf.slice(x, 0, x.size - 1)));
  });

/** How often each whole number from 0 up occurs (or the sum of its weights), along the last axis or, without one, in all of arr. */
const bincount = op('arr weights minlength maxlength dtype axis binary_output', (call) => {
  const given = call.tensor('arr');
  const isRows = call.raw('axis') !== null && given.rank > 1;
  const flat = (x: tf.Tensor) => (isRows ? x : tf.reshape(x, [-1]));
  const arr = flat(tf.cast(given, 'int32'));
  if (call.isTrial) return withUnknownSizes(tf.zeros([...arr.shape.slice(0, -1), 1]), [arr.rank - 1]);
  const values = arr.dataSync<'int32'>();
  const low = values.reduce((least, value) => Math.min(least, value), 0);
  if (low < 0) throw new KerasValueError(`${call.where}: \`arr\` must not be negative. Received: ${low}`);
  const least = numberOf(call, 'minlength', 0);
  const longest = values.reduce((most, value) => Math.max(most, value + 1), least);
  const length = Math.min(longest, numberOf(call, 'maxlength', longest));
  const isValue = tf.equal(tf.expandDims(arr, -1), tf.range(0, length, 1, 'int32'));
  const dtype = call.has('dtype') ? call.text('dtype') : 'int32';
  if (call.boolean('binary_output', false)) return castTo(tf.any(isValue, -2), dtype, call.where);
  const weights = call.tensorOrNull('weights');
  if (weights === null) return castTo(tf.sum(tf.cast(isValue, 'int32'), -2), dtype, call.where);
  const wide = tf.broadcastTo(tf.expandDims(flat(numeric(weights)), -1), isValue.shape);
  return tf.sum(tf.where(isValue, wide, tf.zerosLike(wide)), -2);
});

export const tfMath: OpTable = {
  'tf.math.squared_difference': two((a, b) => tf.square(tf.sub(a, b))),
  'tf.math.xdivy': unlessZero(tf.div),
  'tf.math.xlogy': unlessZero((x, y) => tf.mul(x, tf.log(y))),
  'tf.math.xlog1py': unlessZero((x, y) => tf.mul(x, tf.log1p(y))),
  'tf.math.multiply_no_nan': multiplyNoNaN,
  'tf.truncatediv': two((a, b) =>
    a.dtype === 'int32' ? tf.cast(truncate(tf.div(float(a), float(b))), 'int32') : truncate(tf.div(a, b)),
  ),
  'tf.math.reciprocal_no_nan': one((x) =>
    tf.where(tf.equal(x, 0), tf.zerosLike(x), tf.div(1, tf.where(tf.equal(x, 0), tf.onesLike(x), x))),
  ),
  'tf.math.lgamma': one(logGamma),
  'tf.math.digamma': one(digamma),
  'tf.math.lbeta': op('x', (call) => {
    const x = float(call.tensor('x'));
    return tf.sub(tf.sum(logGamma(x), -1), logGamma(tf.sum(x, -1)));
  }),
  'tf.math.bessel_i0e': one(i0e),
  'tf.math.bessel_i1': one(i1),
  'tf.math.bessel_i1e': one(i1e),
  'tf.math.is_non_decreasing': rising(tf.greaterEqual),
  'tf.math.is_strictly_increasing': rising(tf.greater),
  'tf.math.bincount': bincount,
  'tf.compat.v1.math.scalar_mul': op('scalar x', (call) =>
    tf.mul(...(promote([call.tensor('scalar'), call.tensor('x')]).map(numeric) as [tf.Tensor, tf.Tensor])),
  ),
  'tf.math.add_n': addN,
  'tf.math.accumulate_n': addN,
  'tf.math.polyval': polyval,
  'tf.math.l2_normalize': l2Normalize,
  'tf.math.zero_fraction': op('value', (call) =>
    tf.mean(float(tf.equal(numeric(call.tensor('value')), tf.scalar(0, call.tensor('value').dtype as 'int32')))),
  ),
  'tf.math.reduce_euclidean_norm': op('input_tensor axis keepdims', (call) => {
    const x = float(call.tensor('input_tensor'));
    return tf.sqrt(tf.sum(tf.square(x), axesOf(call, x), call.boolean('keepdims', false)));
  }),
  'tf.math.cumsum': running(cumulativeSum, 0),
  'tf.math.cumprod': running(cumulativeProduct, 1),
  'tf.math.cumulative_logsumexp': running(runningLogSumExp, Number.NEGATIVE_INFINITY),
  'tf.sort': sorting(pickLast),
  'tf.argsort': sorting((_, order) => order),
  'tf.math.unsorted_segment_mean': segmentMean(false),
  'tf.math.unsorted_segment_sqrt_n': segmentMean(false, true),
  'tf.math.segment_mean': segmentMean(true),
  'tf.clip_by_norm': clipByNorm,
  'tf.clip_by_value': clipByTensors,
  'tf.math.in_top_k': inTopK,
};
