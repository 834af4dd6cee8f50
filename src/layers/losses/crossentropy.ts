// The crossentropies, for losses and for the operations of keras.ops. Source: https://keras.io/api/ops/nn/

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { followsTfKeras, logitsOf } from '../base/logits.js';

/** Keras's global epsilon. */
export const epsilon = 1e-7;

/** log softmax(x) along an axis; the last if it is not given. */
export function logSoftmaxAlong(x: Tensor, axis = -1): Tensor {
  const shifted = tf.sub(x, tf.max(x, axis, true));
  return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), axis, true)));
}

/** log p of probabilities, which are scaled to sum 1, or of logits. */
function logProbabilities(output: Tensor, fromLogits: boolean, axis: number): Tensor {
  const logits = logitsOf(output, 'softmax') ?? (fromLogits ? output : undefined);
  if (logits) return logSoftmaxAlong(logits, axis);
  return tf.log(tf.clipByValue(tf.div(output, tf.sum(output, axis, true)), epsilon, 1 - epsilon));
}

/** -sum(target * log p) along an axis; target and output have one shape. */
export function categoricalCrossentropy(target: Tensor, output: Tensor, fromLogits: boolean, axis: number): Tensor {
  return tf.neg(tf.sum(tf.mul(target, logProbabilities(output, fromLogits, axis)), axis));
}

/**
 * The logits from which sparse crossentropies are computed: those that an output of softmax holds, or logarithms. As on
 * TensorFlow probabilities are clipped before they are scaled to sum 1.
 */
export function sparseLogits(output: Tensor, fromLogits: boolean): Tensor {
  const known = logitsOf(output, 'softmax') ?? (fromLogits ? output : undefined);
  return known ?? tf.log(tf.clipByValue(output, epsilon, 1 - epsilon));
}

/** -log p of the class of a label; `labels` has the shape of `output` without the axis. */
export function sparseCategoricalCrossentropy(
  labels: Tensor,
  output: Tensor,
  fromLogits: boolean,
  axis: number,
): Tensor {
  const place = axis < 0 ? axis + output.rank : axis;
  const classes = output.shape[place];
  const isTarget = tf.equal(tf.expandDims(tf.cast(labels, 'int32'), -1), tf.range(0, classes, 1, 'int32'));
  const order = [...labels.shape.keys()];
  order.splice(place, 0, labels.rank);
  const codes = tf.cast(place === labels.rank ? isTarget : tf.transpose(isTarget, order), 'float32');
  return tf.neg(tf.sum(tf.mul(codes, logSoftmaxAlong(sparseLogits(output, fromLogits), place)), place));
}

/**
 * -log p of each element's being what the target says.
 *
 * @param looks Whether the logits that an output of sigmoid holds are taken. Default true.
 */
export function binaryCrossentropy(target: Tensor, output: Tensor, fromLogits: boolean, looks = true): Tensor {
  const rest = tf.sub(1, target);
  const logits = (looks ? logitsOf(output, 'sigmoid') : undefined) ?? (fromLogits ? output : undefined);
  if (logits) {
    const logSigmoid = (x: Tensor) => tf.neg(tf.softplus(tf.neg(x)));
    return tf.neg(tf.add(tf.mul(target, logSigmoid(logits)), tf.mul(rest, logSigmoid(tf.neg(logits)))));
  }
  const p = tf.clipByValue(output, epsilon, 1 - epsilon);
  // tf.keras adds epsilon to both; its graphs have 1 + epsilon as one number.
  const added = followsTfKeras() ? epsilon : 0;
  const [one, other] = [added === 0 ? p : tf.add(p, added), tf.sub(1 + added, p)];
  return tf.neg(tf.add(tf.mul(target, tf.log(one)), tf.mul(rest, tf.log(other))));
}
