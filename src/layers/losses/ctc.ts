// Connectionist temporal classification: how probable a sequence of labels is, whichever steps they fall on.
// Source: https://www.cs.toronto.edu/~graves/icml_2006.pdf, section 4.1, and https://keras.io/api/ops/nn/ (ctc_loss)

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { logAddExp } from '../base/extremes.js';
import { logSoftmaxAlong } from './crossentropy.js';

/** What the loss is computed of. */
export interface CtcInput {
  /** The classes of the labels, padded: [batch, most labels], int32. */
  readonly labels: Tensor;
  /** Logits of the classes in each step: [batch, steps, classes]. */
  readonly logits: Tensor;
  /** How many labels count: [batch], int32. */
  readonly labelLengths: Tensor;
  /** How many steps count: [batch], int32. Default: all. */
  readonly stepLengths?: Tensor;
  /** The class that stands for no label. */
  readonly blank: number;
}

/** Takes the place of log 0. Its sums stay finite, so that no gradient is NaN. */
const impossible = -1e5;

/**
 * -log of the probability of all paths that collapse to the labels, for each sample [batch]: the forward recursion over
 * the labels with a blank before, between and after them.
 */
export function ctcLoss({ labels, logits, labelLengths, stepLengths, blank }: CtcInput): Tensor {
  const [batch, steps, classes] = logits.shape as [number, number, number];
  const count = labels.shape[1] as number;
  const places = 2 * count + 1;
  // [batch, places]: blank, label, blank, label, ..., blank
  const blanks = tf.fill([batch, count, 1], blank, 'int32');
  const inner = tf.reshape(tf.concat([blanks, tf.expandDims(labels, -1)], 2), [batch, 2 * count]);
  const extended = tf.concat([inner, tf.fill([batch, 1], blank, 'int32')], 1);
  const codes = tf.cast(tf.equal(tf.expandDims(extended, -1), tf.range(0, classes, 1, 'int32')), 'float32');
  const scores = tf.unstack(tf.matMul(logSoftmaxAlong(logits), codes, false, true), 1); // steps x [batch, places]
  const shift = (x: Tensor, by: number, fill: number) =>
    tf.concat([tf.fill([batch, by], fill, x.dtype as 'float32'), tf.slice(x, [0, 0], [batch, places - by])], 1);
  // A label may follow the label before it directly if the two differ.
  const maySkip = tf.logicalAnd(
    tf.notEqual(extended, tf.scalar(blank, 'int32')),
    tf.notEqual(extended, places > 2 ? shift(extended, 2, blank) : extended),
  );
  const never = tf.fill([batch, places], impossible);
  const isStart = tf.tile(tf.less(tf.reshape(tf.range(0, places), [1, places]), 2), [batch, 1]);
  let alpha: Tensor = tf.where(isStart, scores[0], never);
  for (let t = 1; t < steps; t++) {
    const direct = logAddExp(alpha, shift(alpha, 1, impossible));
    const skipped = places > 2 ? tf.where(maySkip, shift(alpha, 2, impossible), never) : never;
    const next = tf.add(logAddExp(direct, skipped), scores[t]);
    alpha = stepLengths ? whereActive(t, stepLengths, next, alpha) : next;
  }
  return tf.neg(atEnd(alpha, labelLengths));
}

/** `next` for the samples that have a step t, `alpha` for the others. */
function whereActive(t: number, stepLengths: Tensor, next: Tensor, alpha: Tensor): Tensor {
  const [batch, places] = alpha.shape;
  const isActive = tf.reshape(tf.less(tf.scalar(t, 'int32'), stepLengths), [batch, 1]);
  return tf.where(tf.tile(isActive, [1, places]), next, alpha);
}

/** Paths end in the last label or in the blank after it. */
function atEnd(alpha: Tensor, labelLengths: Tensor): Tensor {
  const [batch, places] = alpha.shape;
  const end = tf.reshape(tf.mul(labelLengths, tf.scalar(2, 'int32')), [batch, 1]);
  const place = tf.reshape(tf.range(0, places, 1, 'int32'), [1, places]);
  const pick = (index: Tensor) => tf.sum(tf.where(tf.equal(place, index), alpha, tf.zerosLike(alpha)), 1);
  const beforeLast = tf.sub(end, tf.scalar(1, 'int32'));
  const isEmpty = tf.reshape(tf.less(beforeLast, tf.scalar(0, 'int32')), [batch]);
  return logAddExp(pick(end), tf.where(isEmpty, tf.fill([batch], impossible), pick(beforeLast)));
}

/** The loss of padded labels, where 0 is the blank and the padding, as keras.losses.CTC. */
export function ctcOfPadded(labels: Tensor, logits: Tensor): Tensor {
  const given = tf.cast(labels, 'int32');
  const labelLengths = tf.sum(tf.cast(tf.notEqual(given, tf.scalar(0, 'int32')), 'int32'), 1);
  return ctcLoss({ labels: given, logits, labelLengths, blank: 0 });
}
