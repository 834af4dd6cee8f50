// Keras's losses as functions of targets and predictions that give one value for each sample.
// Source: https://keras.io/api/losses/

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { absOf } from '../base/extremes.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { followsTfKeras, logitsOf } from '../base/logits.js';
import { setMask } from '../base/masks.js';
import { axisOrNull, flag, num, numOrNull, type Param, type Params, type Values } from '../serialization/params.js';
import { circle } from './circle.js';
import {
  binaryCrossentropy,
  categoricalCrossentropy,
  epsilon,
  sparseCategoricalCrossentropy,
  sparseLogits,
} from './crossentropy.js';
import { ctcOfPadded } from './ctc.js';

/** Targets, predictions -> a value for each sample. */
export type Compare = (target: Tensor, output: Tensor) => Tensor;

export interface LossDefinition {
  readonly params: Params;
  /** The name that Keras gives it. */
  readonly name: string;
  readonly compare: (values: Readonly<Record<string, unknown>>) => Compare;
}

function define<P extends Params>(
  name: string,
  params: P,
  compare: (target: Tensor, output: Tensor, values: Values<P>) => Tensor,
): LossDefinition {
  return { name, params, compare: (values) => (target, output) => compare(target, output, values as Values<P>) };
}

const meanOf = (x: Tensor) => tf.mean(x, -1);
const last: Param<number> = { read: (value, where, key) => num(-1).read(value, where, key) };
const crossentropy = { from_logits: flag(false), label_smoothing: num(0), axis: last };
const focal = { ...crossentropy, alpha: num(0.25), gamma: num(2) };

/** Labels of 0 and 1 become -1 and 1. */
function asSigns(target: Tensor): Tensor {
  const isBinary = tf.all(tf.logicalOr(tf.equal(target, 0), tf.equal(target, 1)));
  return tf.where(tf.broadcastTo(isBinary, target.shape), tf.sub(tf.mul(target, 2), 1), target);
}

const hinge = (target: Tensor, output: Tensor) => tf.maximum(tf.sub(1, tf.mul(asSigns(target), output)), 0);

/** Targets nearer to equal ones: `rest` is what all classes share. */
function smoothed(target: Tensor, smoothing: number, rest: number): Tensor {
  return smoothing === 0 ? target : tf.add(tf.mul(target, 1 - smoothing), rest * smoothing);
}

const classesOf = (x: Tensor) => x.shape[x.rank - 1] as number;

function unit(x: Tensor, axis: number | readonly number[] | null): Tensor {
  const squares = tf.sum(tf.square(x), axis as number, true);
  return tf.div(x, tf.sqrt(tf.maximum(squares, 1e-12)));
}

/** By class. */
export const lossTable: Readonly<Record<string, LossDefinition>> = {
  MeanSquaredError: define('mean_squared_error', {}, (y, x) => meanOf(tf.squaredDifference(x, y))),
  MeanAbsoluteError: define('mean_absolute_error', {}, (y, x) => meanOf(absOf(tf.sub(y, x)))),
  MeanAbsolutePercentageError: define('mean_absolute_percentage_error', {}, (y, x) =>
    tf.mul(meanOf(absOf(tf.div(tf.sub(y, x), tf.maximum(tf.abs(y), epsilon)))), 100),
  ),
  MeanSquaredLogarithmicError: define('mean_squared_logarithmic_error', {}, (y, x) => {
    const log = (value: Tensor) => tf.log(tf.add(tf.maximum(value, epsilon), 1));
    return meanOf(tf.squaredDifference(log(x), log(y)));
  }),
  CosineSimilarity: define('cosine_similarity', { axis: axisOrNull(-1) }, (y, x, { axis }) =>
    tf.neg(tf.sum(tf.mul(unit(y, axis), unit(x, axis)), axis as number)),
  ),
  Huber: define('huber_loss', { delta: num(1) }, (y, x, { delta }) => {
    const error = absOf(tf.sub(x, y));
    const small = tf.minimum(error, delta); // comparisons have no gradient in TensorFlow.js
    return meanOf(tf.add(tf.mul(tf.square(small), 0.5), tf.mul(tf.sub(error, small), delta)));
  }),
  LogCosh: define('log_cosh', {}, (y, x) => {
    const error = tf.sub(x, y);
    return meanOf(tf.sub(tf.add(error, tf.softplus(tf.mul(error, -2))), Math.LN2));
  }),
  Hinge: define('hinge', {}, (y, x) => meanOf(hinge(y, x))),
  SquaredHinge: define('squared_hinge', {}, (y, x) => meanOf(tf.square(hinge(y, x)))),
  CategoricalHinge: define('categorical_hinge', {}, (y, x) => {
    const positive = tf.sum(tf.mul(y, x), -1);
    const negative = tf.max(tf.mul(tf.sub(1, y), x), -1);
    return tf.maximum(tf.add(tf.sub(negative, positive), 1), 0);
  }),
  KLDivergence: define('kl_divergence', {}, (y, x) => {
    const [target, output] = [y, x].map((p) => tf.clipByValue(p, epsilon, 1));
    return tf.sum(tf.mul(target, tf.log(tf.div(target, output))), -1);
  }),
  Poisson: define('poisson', {}, (y, x) => meanOf(tf.sub(x, tf.mul(y, tf.log(tf.add(x, epsilon)))))),
  BinaryCrossentropy: define('binary_crossentropy', crossentropy, (y, x, values) => {
    const target = smoothed(y, values.label_smoothing, 0.5);
    return tf.mean(binaryCrossentropy(target, x, values.from_logits), values.axis);
  }),
  BinaryFocalCrossentropy: define(
    'binary_focal_crossentropy',
    { ...focal, apply_class_balancing: flag(false) },
    (y, x, { alpha, gamma, ...values }) => {
      const target = smoothed(y, values.label_smoothing, 0.5);
      const output = values.from_logits ? tf.sigmoid(x) : x;
      const ofTarget = tf.add(tf.mul(target, output), tf.mul(tf.sub(1, target), tf.sub(1, output)));
      // Keras 3 takes what it is given for logits, whatever it was computed from.
      const looks = !values.from_logits || followsTfKeras();
      const loss = tf.mul(tf.pow(tf.sub(1, ofTarget), gamma), binaryCrossentropy(target, x, values.from_logits, looks));
      const weight = tf.add(tf.mul(target, alpha), tf.mul(tf.sub(1, target), 1 - alpha));
      return tf.mean(values.apply_class_balancing ? tf.mul(weight, loss) : loss, values.axis);
    },
  ),
  CategoricalCrossentropy: define('categorical_crossentropy', crossentropy, (y, x, values) => {
    const target = smoothed(y, values.label_smoothing, 1 / classesOf(y));
    return categoricalCrossentropy(target, x, values.from_logits, values.axis);
  }),
  CategoricalFocalCrossentropy: define('categorical_focal_crossentropy', focal, (y, x, { alpha, gamma, ...values }) => {
    const { axis } = values;
    const target = smoothed(y, values.label_smoothing, 1 / classesOf(y));
    const logits = (followsTfKeras() && logitsOf(x, 'softmax')) || (values.from_logits ? x : undefined);
    const given = logits ? softmaxAlong(logits, axis) : x;
    const p = tf.clipByValue(tf.div(given, tf.sum(given, axis, true)), epsilon, 1 - epsilon);
    const loss = tf.neg(tf.mul(target, tf.log(p)));
    return tf.sum(tf.mul(tf.mul(tf.pow(tf.sub(1, p), gamma), alpha), loss), axis);
  }),
  SparseCategoricalCrossentropy: define(
    'sparse_categorical_crossentropy',
    { from_logits: flag(false), ignore_class: numOrNull(), axis: last },
    (y, x, { from_logits, ignore_class: ignored, axis }) => {
      const labels = y.rank === x.rank && y.shape.at(axis) === 1 ? tf.squeeze(y, [axis < 0 ? axis + y.rank : axis]) : y;
      if (ignored === null) return sparseCategoricalCrossentropy(labels, x, from_logits, axis);
      const counts = tf.notEqual(labels, tf.scalar(ignored, labels.dtype as 'float32'));
      const kept = tf.where(counts, labels, tf.zerosLike(labels));
      // tf.keras looks for logits before it leaves positions out; Keras 3 finds none then.
      const given = followsTfKeras() ? sparseLogits(x, from_logits) : x;
      // Any probabilities that have a gradient: zeros would be divided by their sum.
      const outputs = tf.where(tf.broadcastTo(tf.expandDims(counts, axis), x.shape), given, tf.onesLike(x));
      const loss = sparseCategoricalCrossentropy(kept, outputs, from_logits || followsTfKeras(), axis);
      const found = tf.where(counts, loss, tf.zerosLike(loss));
      setMask(found, counts); // the mean is that of the others
      return found;
    },
  ),
  Dice: define('dice', { axis: axisOrNull(null) }, (y, x, { axis }) => {
    const sum = (value: Tensor) => tf.sum(value, (axis ?? undefined) as number);
    return tf.sub(1, tf.div(tf.mul(sum(tf.mul(y, x)), 2), tf.add(tf.add(sum(y), sum(x)), epsilon)));
  }),
  Tversky: define('tversky', { alpha: num(0.5), beta: num(0.5), axis: axisOrNull(null) }, (y, x, values) => {
    const sum = (value: Tensor) => tf.sum(value, (values.axis ?? undefined) as number);
    const both = sum(tf.mul(y, x));
    const missed = tf.mul(sum(tf.mul(tf.sub(1, x), y)), values.alpha);
    const wrong = tf.mul(sum(tf.mul(x, tf.sub(1, y))), values.beta);
    return tf.sub(1, tf.div(both, tf.add(tf.add(tf.add(both, missed), wrong), epsilon)));
  }),
  CTC: define('ctc', {}, (y, x) => {
    checkRank('y_true', y, 2, '(batch_size, max_length)` in integer format');
    checkRank('y_pred', x, 3, '(batch_size, max_length, num_classes)`');
    return ctcOfPadded(y, x);
  }),
  Circle: define('circle', { gamma: num(80), margin: num(0.4), remove_diagonal: flag(true) }, circle),
  CategoricalGeneralizedCrossEntropy: define(
    'categorical_generalized_cross_entropy',
    { q: num(0.5) },
    (y, x, { q }) => {
      const labels = y.rank === x.rank ? tf.squeeze(y, [y.rank - 1]) : y;
      const codes = tf.oneHot(tf.cast(labels, 'int32') as tf.Tensor1D, classesOf(x));
      const p = tf.sum(tf.mul(x, tf.cast(codes, 'float32')), -1);
      return tf.div(tf.sub(1, tf.pow(p, q)), q);
    },
  ),
};

function checkRank(key: string, x: Tensor, rank: number, shape: string): void {
  if (x.rank === rank) return;
  throw new KerasValueError(
    `CTC: \`${key}\` is expected to be a tensor of shape \`${shape}. Received: ${key}.shape=${showValue(x.shape)}`,
  );
}

function softmaxAlong(x: Tensor, axis: number): Tensor {
  const powers = tf.exp(tf.sub(x, tf.max(x, axis, true)));
  return tf.div(powers, tf.sum(powers, axis, true));
}
