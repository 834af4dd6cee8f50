// Reductions that ignore NaN: https://keras.io/api/ops/numpy/

import * as tf from '@tensorflow/tfjs-core';
import { maxOf, minOf } from '../base/extremes.js';
import { type OpRow, type OpTable, op } from './opRow.js';
import { castTo, float, numeric } from './opValues.js';
import { cumulativeProduct, cumulativeSum } from './reductionOps.js';

/** x with this number in place of NaN. Integers have none. */
function without(x: tf.Tensor, value: number): tf.Tensor {
  return x.dtype === 'float32' ? tf.where(tf.isNaN(x), tf.fill(x.shape, value), x) : x;
}

type Reduce = (x: tf.Tensor, axes: number[], keepDims: boolean) => tf.Tensor;

function reduction(f: Reduce): OpRow {
  return op('x axis keepdims', (call) => {
    const x = numeric(call.tensor('x'));
    return f(x, call.axes('axis', x.rank) ?? [...x.shape.keys()], call.boolean('keepdims', false));
  });
}

const numbers = (x: tf.Tensor) => float(tf.logicalNot(tf.isNaN(x)));

const mean: Reduce = (given, axes, keepDims) => {
  const x = float(given);
  const sum = tf.sum(without(x, 0), axes, keepDims);
  const count = tf.sum(numbers(x), axes, keepDims);
  // TensorFlow.js's WebGL programs divide equal numbers to 1, zeros too.
  return tf.where(tf.equal(count, 0), tf.fill(sum.shape, Number.NaN), tf.div(sum, count));
};

/** NaN is replaced before the square, through which a gradient of zero would become NaN. */
const variance: Reduce = (given, axes, keepDims) => {
  const x = float(given);
  const center = mean(x, axes, true);
  const distance = tf.where(tf.isNaN(x), tf.zerosLike(x), tf.sub(without(x, 0), center));
  const count = tf.sum(numbers(x), axes, keepDims);
  const sum = tf.sum(tf.square(distance), axes, keepDims);
  return tf.where(tf.equal(count, 0), tf.fill(sum.shape, Number.NaN), tf.div(sum, count));
};

/** The extreme, or NaN where there is nothing else. */
function extreme(reduce: typeof maxOf, worst: number): OpRow {
  return reduction((x, axes, keepDims) => {
    if (x.dtype !== 'float32') return reduce(x, axes, keepDims);
    const found = reduce(without(x, worst), axes, keepDims);
    const isEmpty = tf.equal(tf.sum(numbers(x), axes, keepDims), 0);
    return tf.where(isEmpty, tf.fill(found.shape, Number.NaN), found);
  });
}

/** The index of the extreme. NumPy refuses a row of NaN; Keras gives -1. */
function position(find: (x: tf.Tensor, axis: number) => tf.Tensor, worst: number): OpRow {
  return op('x axis keepdims', (call) => {
    const x = numeric(call.tensor('x'));
    const axis = call.axisOrNull('axis', x.rank);
    const source = axis === null ? tf.reshape(x, [-1]) : x;
    const at = axis ?? 0;
    const found = find(without(source, worst), at);
    const isEmpty = tf.equal(tf.sum(numbers(float(source)), at), 0);
    const index = tf.where(isEmpty, tf.fill(found.shape, -1, 'int32'), found);
    if (!call.boolean('keepdims', false)) return index;
    return tf.reshape(
      index,
      x.shape.map((size, i) => (axis === null || i === axis ? 1 : size)),
    );
  });
}

function running(f: (x: tf.Tensor, axis: number) => tf.Tensor, neutral: number): OpRow {
  return op('x axis dtype', (call) => {
    const given = numeric(call.tensor('x'));
    const x = without(call.has('dtype') ? castTo(given, call.text('dtype'), call.where) : given, neutral);
    const axis = call.axisOrNull('axis', x.rank);
    return axis === null ? f(tf.reshape(x, [-1]), 0) : f(x, axis);
  });
}

export const nanOps: OpTable = {
  Nansum: reduction((x, axes, keepDims) => tf.sum(without(x, 0), axes, keepDims)),
  Nanprod: reduction((x, axes, keepDims) => tf.prod(without(x, 1), axes, keepDims)),
  Nanmean: reduction(mean),
  Nanvar: reduction(variance),
  Nanstd: reduction((x, axes, keepDims) => tf.sqrt(variance(x, axes, keepDims))),
  Nanmax: extreme(maxOf, Number.NEGATIVE_INFINITY),
  Nanmin: extreme(minOf, Number.POSITIVE_INFINITY),
  Nanargmax: position(tf.argMax, Number.NEGATIVE_INFINITY),
  Nanargmin: position(tf.argMin, Number.POSITIVE_INFINITY),
  Nancumsum: running(cumulativeSum, 0),
  Nancumprod: running(cumulativeProduct, 1),
};
