// Fake quantization: values rounded to the steps of integers, with the gradient of the values themselves.
// Source: https://keras.io/api/utils/quantization_utils/ and
// https://www.tensorflow.org/api_docs/python/tf/quantization/fake_quant_with_min_max_vars

import * as tf from '@tensorflow/tfjs-core';
import { stopGradient } from './creationOps.js';
import { type OpTable, op } from './opRow.js';
import { float } from './opValues.js';

/**
 * Rounds to 2^num_bits steps between min_vals and max_vals, which are moved so that 0 is a step. Values outside pass their
 * gradient to the bound that they were cut to. Keras 3.15 does not write num_bits, narrow_range and axis into files: without
 * axis, bounds of a vector are those of the last axis.
 */
const fakeQuant = op('inputs min_vals max_vals num_bits narrow_range axis', (call) => {
  const x = float(call.tensor('inputs'));
  const axis = call.axisOrNull('axis', x.rank);
  const shape = x.shape.map((size, i) => (i === axis ? size : 1));
  const [min, max] = ['min_vals', 'max_vals'].map((key) => {
    const bound = float(call.tensor(key));
    return axis === null ? bound : tf.reshape(bound, shape);
  });
  const low = call.boolean('narrow_range', false) ? 1 : 0;
  const high = 2 ** call.integer('num_bits', 8) - 1;
  const step = tf.div(tf.sub(max, min), high - low);
  const zero = tf.clipByValue(tf.floor(tf.add(tf.sub(low, tf.div(min, step)), 0.5)), low, high);
  const [lowest, highest] = [low, high].map((bound) => tf.mul(tf.sub(bound, zero), step));
  const wide = (value: tf.Tensor) => tf.broadcastTo(value, x.shape);
  const inner = tf.where(tf.greater(x, highest), wide(max), x);
  const passed = tf.where(tf.less(x, lowest), wide(min), inner);
  const clamped = tf.minimum(tf.maximum(x, lowest), highest);
  const steps = tf.floor(tf.add(tf.div(tf.sub(clamped, lowest), step), 0.5));
  const rounded = tf.add(tf.mul(steps, step), lowest);
  return tf.add(passed, stopGradient(tf.sub(rounded, passed)));
});

export const quantizeOps: OpTable = { FakeQuantWithMinMaxVars: fakeQuant };
