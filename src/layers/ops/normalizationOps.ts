// Normalization operations of keras.ops.nn: https://keras.io/api/ops/nn/

import * as tf from '@tensorflow/tfjs-core';
import { absOf } from '../base/extremes.js';
import type { OpCall } from './opCall.js';
import { type OpTable, op } from './opRow.js';
import { float } from './opValues.js';

/** Keras's global epsilon. */
const epsilon = 1e-7;

/** Reshapes v, whose values lie along `axes` of x, so that it broadcasts to x. */
function along(v: tf.Tensor, x: tf.Tensor, axes: readonly number[]): tf.Tensor {
  if (v.rank === x.rank) return v;
  return tf.reshape(
    v,
    x.shape.map((size, i) => (axes.includes(i) ? size : 1)),
  );
}

/** (x - mean)*scale/sqrt(variance + epsilon) + offset */
const batchNorm = op('x mean variance offset scale axis epsilon', (call) => {
  const x = float(call.tensor('x'));
  const axis = call.axis('axis', x.rank);
  const vector = (key: string) => {
    const value = call.tensorOrNull(key);
    return value && along(tf.reshape(float(value), [-1]), x, [axis]);
  };
  const inverse = tf.rsqrt(tf.add(vector('variance') as tf.Tensor, call.number('epsilon', 1e-3)));
  const scale = vector('scale');
  const offset = vector('offset');
  const y = tf.mul(tf.sub(x, vector('mean') as tf.Tensor), scale ? tf.mul(inverse, scale) : inverse);
  return offset ? tf.add(y, offset) : y;
});

function normalAxes(call: OpCall, x: tf.Tensor): number[] {
  return call.has('axis') ? (call.axes('axis', x.rank) as number[]) : [x.rank - 1];
}

const layerNorm = op('x gamma beta axis epsilon rms_scaling', (call) => {
  const x = float(call.tensor('x'));
  const axes = normalAxes(call, x);
  const isRms = call.boolean('rms_scaling', false);
  const centered = tf.sub(x, tf.mean(x, axes, true));
  const variance = tf.mean(tf.square(centered), axes, true);
  const inverse = tf.rsqrt(tf.add(variance, call.number('epsilon', epsilon)));
  const gamma = call.tensorOrNull('gamma');
  const beta = call.tensorOrNull('beta');
  const y = tf.mul(isRms ? x : centered, inverse);
  const scaled = gamma ? tf.mul(y, along(float(gamma), x, axes)) : y;
  return beta && !isRms ? tf.add(scaled, along(float(beta), x, axes)) : scaled;
});

const rmsNorm = op('x scale axis epsilon', (call) => {
  const x = float(call.tensor('x'));
  const axes = normalAxes(call, x);
  const y = tf.mul(x, tf.rsqrt(tf.add(tf.mean(tf.square(x), axes, true), call.number('epsilon', epsilon))));
  const scale = call.tensorOrNull('scale');
  return scale ? tf.mul(y, along(float(scale), x, axes)) : y;
});

/** x / max(norm, epsilon). The norm is of this order and over the axes, by default over the whole tensor. */
const normalize = op('x axis order epsilon', (call) => {
  const x = float(call.tensor('x'));
  const axes = call.axes('axis', x.rank) ?? [...x.shape.keys()];
  const order = call.integer('order', 2);
  if (order < 1) throw call.wrong('order', 'a whole number above 0');
  const limit = call.number('epsilon', epsilon);
  // The gradient of the general form below is 0/0 at zero.
  if (order === 2) {
    return tf.mul(x, tf.minimum(tf.rsqrt(tf.sum(tf.square(x), axes, true)), 1 / limit));
  }
  const norm = tf.pow(tf.sum(tf.pow(absOf(x), order), axes, true), 1 / order);
  return tf.div(x, tf.maximum(norm, limit));
});

const moments = op('x axes keepdims synchronized', (call) => {
  const x = float(call.tensor('x'));
  const axes = call.axes('axes', x.rank) ?? [...x.shape.keys()];
  const keepDims = call.boolean('keepdims', false);
  const variance = tf.mean(tf.square(tf.sub(x, tf.mean(x, axes, true))), axes, keepDims);
  return [tf.mean(x, axes, keepDims), variance];
});

export const normalizationOps: OpTable = {
  BatchNorm: batchNorm,
  LayerNorm: layerNorm,
  RMSNorm: rmsNorm,
  Normalize: normalize,
  Moments: moments,
};
