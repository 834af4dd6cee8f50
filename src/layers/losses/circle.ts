// The circle loss of embeddings: near to those of the same class, far from the others.
// Source: https://arxiv.org/abs/2002.10857 and https://keras.io/api/losses/ (Circle)

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { setMask, withoutGradient } from '../base/masks.js';

/** The factor of the exponents, and how far a pair may be from its best distance. */
export interface CircleValues {
  readonly gamma: number;
  readonly margin: number;
  /** Whether an embedding makes no pair with itself. */
  readonly remove_diagonal: boolean;
}

/** Takes the place of the logarithm of 0. Its sums stay finite, so that no gradient is NaN. */
const impossible = -1e9;

/**
 * For each embedding: softplus of log sum exp over the pairs of its class plus that over the others. Samples without a
 * loss, such as the only one of its class, are masked, so that the mean is that of the others.
 * @param labels The class of each: [batch] or [batch, 1].
 * @param embeddings Of length 1: [batch, size].
 */
export function circle(labels: Tensor, embeddings: Tensor, values: CircleValues): Tensor {
  const { gamma, margin, remove_diagonal: isDiagonalRemoved } = values;
  const column = tf.reshape(tf.cast(labels, 'int32'), [-1, 1]);
  const isSame = tf.equal(column, tf.transpose(column));
  const isOther = tf.logicalNot(isSame);
  const isItself = tf.cast(tf.eye(column.size), 'bool');
  const isPartner = isDiagonalRemoved ? tf.logicalAnd(isSame, tf.logicalNot(isItself)) : isSame;
  const distance = tf.relu(tf.sub(1, tf.matMul(embeddings, embeddings, false, true))); // 1 - cosine
  const near = tf.mul(tf.mul(tf.relu(tf.add(distance, margin)), tf.sub(distance, margin)), gamma);
  const far = tf.mul(tf.mul(tf.relu(tf.sub(1 + margin, distance)), tf.sub(1 - margin, distance)), gamma);
  const sumOver = (which: Tensor, x: Tensor) => tf.logSumExp(tf.where(which, x, impossible), 1);
  const loss = tf.softplus(tf.add(sumOver(isPartner, near), sumOver(isOther, far)));
  setMask(
    loss,
    withoutGradient(() => tf.greater(loss, 0)),
  );
  return loss;
}
