// The losses of keras.ops.nn: crossentropies, and CTC of sequences: https://keras.io/api/ops/nn/

import * as tf from '@tensorflow/tfjs-core';
import { maximumOf } from '../base/extremes.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import {
  binaryCrossentropy,
  categoricalCrossentropy,
  logSoftmaxAlong,
  sparseCategoricalCrossentropy,
} from '../losses/crossentropy.js';
import { ctcBeamSearch, ctcGreedy } from './ctcDecode.js';
import type { OpCall } from './opCall.js';
import { type OpTable, op } from './opRow.js';
import { float } from './opValues.js';
import { withoutGradient } from './plainValues.js';

function sameShape(call: OpCall, target: tf.Tensor, output: tf.Tensor): void {
  if (String(target.shape) === String(output.shape)) return;
  throw new KerasValueError(
    `${call.where}: Arguments \`target\` and \`output\` must have the same shape. Received: target.shape=${showValue(target.shape)}, output.shape=${showValue(output.shape)}`,
  );
}

const categorical = op('target output from_logits axis', (call) => {
  const [target, output] = [float(call.tensor('target')), float(call.tensor('output'))];
  sameShape(call, target, output);
  const axis = call.axis('axis', output.rank, -1);
  return categoricalCrossentropy(target, output, call.boolean('from_logits', false), axis);
});

const sparse = op('target output from_logits axis', (call) => {
  const given = tf.cast(call.tensor('target'), 'int32');
  const output = float(call.tensor('output'));
  const axis = call.axis('axis', output.rank, -1);
  const isColumn = given.rank === output.rank && given.shape[given.rank - 1] === 1;
  const target = isColumn ? tf.squeeze(given, [given.rank - 1]) : given;
  sameShape(call, target, tf.zeros(output.shape.slice(0, -1)));
  return sparseCategoricalCrossentropy(target, output, call.boolean('from_logits', false), axis);
});

const binaryLoss = op('target output from_logits', (call) => {
  const [target, output] = [float(call.tensor('target')), float(call.tensor('output'))];
  sameShape(call, target, output);
  return binaryCrossentropy(target, output, call.boolean('from_logits', false));
});

/** Takes the place of log 0. Its sums stay finite, so that no gradient is NaN. */
const impossible = -1e5;

const logSum = (a: tf.Tensor, b: tf.Tensor) => tf.add(maximumOf(a, b), tf.log1p(tf.exp(tf.neg(tf.abs(tf.sub(a, b))))));

/**
 * -log of the probability of all paths that collapse to the target, by the forward recursion over the labels with a blank
 * before, between and after them: https://www.cs.toronto.edu/~graves/icml_2006.pdf
 */
const ctcLoss = op('target output target_length output_length mask_index', (call) => {
  const output = float(call.tensor('output'));
  const [batch, steps, classes] = output.shape as [number, number, number];
  const labels = tf.cast(call.tensor('target'), 'int32');
  const count = labels.shape[1] as number;
  const [labelLengths, stepLengths] = ['target_length', 'output_length'].map((key) =>
    tf.cast(call.tensor(key), 'int32'),
  );
  const blank = call.integer('mask_index', 0);
  const places = 2 * count + 1;
  // [batch, places]: blank, label, blank, label, ..., blank
  const blanks = tf.fill([batch, count, 1], blank, 'int32');
  const inner = tf.reshape(tf.concat([blanks, tf.expandDims(labels, -1)], 2), [batch, 2 * count]);
  const extended = tf.concat([inner, tf.fill([batch, 1], blank, 'int32')], 1);
  const codes = float(tf.equal(tf.expandDims(extended, -1), tf.range(0, classes, 1, 'int32')));
  const scores = tf.matMul(logSoftmaxAlong(output), codes, false, true); // [batch, steps, places]
  const shift = (x: tf.Tensor, by: number, fill: number) =>
    tf.concat([tf.fill([batch, by], fill, x.dtype as 'float32'), tf.slice(x, [0, 0], [batch, places - by])], 1);
  // A label may follow the label before it directly if the two differ.
  const maySkip = tf.logicalAnd(
    tf.notEqual(extended, tf.scalar(blank, 'int32')),
    tf.notEqual(extended, places > 2 ? shift(extended, 2, blank) : extended),
  );
  const never = tf.fill([batch, places], impossible);
  const isStart = tf.tile(tf.less(tf.reshape(tf.range(0, places), [1, places]), 2), [batch, 1]);
  const at = (t: number) => tf.reshape(tf.slice(scores, [0, t, 0], [batch, 1, places]), [batch, places]);
  let alpha: tf.Tensor = tf.where(isStart, at(0), never);
  for (let t = 1; t < steps; t++) {
    const direct = logSum(alpha, shift(alpha, 1, impossible));
    const skipped = places > 2 ? tf.where(maySkip, shift(alpha, 2, impossible), never) : never;
    const next = tf.add(logSum(direct, skipped), at(t));
    const isActive = tf.tile(tf.reshape(tf.less(tf.scalar(t, 'int32'), stepLengths), [batch, 1]), [1, places]);
    alpha = tf.where(isActive, next, alpha);
  }
  const end = tf.reshape(tf.mul(labelLengths, tf.scalar(2, 'int32')), [batch, 1]);
  const place = tf.reshape(tf.range(0, places, 1, 'int32'), [1, places]);
  const pick = (index: tf.Tensor) => tf.sum(tf.where(tf.equal(place, index), alpha, tf.zerosLike(alpha)), 1);
  const beforeLast = tf.sub(end, tf.scalar(1, 'int32'));
  const isEmpty = tf.reshape(tf.less(beforeLast, tf.scalar(0, 'int32')), [batch]);
  return tf.neg(logSum(pick(end), tf.where(isEmpty, tf.fill([batch], impossible), pick(beforeLast))));
});

const ctcDecode = op('inputs sequence_lengths strategy beam_width top_paths merge_repeated mask_index', (call) => {
  const inputs = float(call.tensor('inputs'));
  const [batch, steps, classes] = inputs.shape as [number, number, number];
  const lengths = tf.cast(call.tensor('sequence_lengths'), 'int32').dataSync();
  const strategy = call.oneOf('strategy', ['greedy', 'beam_search'], 'greedy');
  const isGreedy = strategy === 'greedy';
  const paths = isGreedy ? 1 : call.integer('top_paths', 1);
  const blank = call.integer('mask_index', classes - 1);
  const options = { steps, classes, blank };
  const values = isGreedy ? inputs.dataSync() : logSoftmaxAlong(inputs).dataSync();
  const labels = new Int32Array(paths * batch * steps).fill(-1);
  const scores = new Float32Array(batch * paths);
  for (let n = 0; n < batch && !call.isTrial; n++) {
    const rows = values.subarray(n * steps * classes, (n + 1) * steps * classes) as Float32Array;
    const found = isGreedy
      ? [ctcGreedy(rows, lengths[n], { ...options, merges: call.boolean('merge_repeated', true) })]
      : ctcBeamSearch(rows, lengths[n], { ...options, width: call.integer('beam_width', 100), paths });
    found.forEach((path, p) => {
      labels.set(path.labels, (p * batch + n) * steps);
      scores[n * paths + p] = path.score;
    });
  }
  const [score] = withoutGradient(call.where, [inputs], [tf.tensor2d(scores, [batch, paths])]);
  return [tf.tensor3d(labels, [paths, batch, steps], 'int32'), score];
});

export const lossOps: OpTable = {
  CategoricalCrossentropy: categorical,
  SparseCategoricalCrossentropy: sparse,
  BinaryCrossentropy: binaryLoss,
  CTCLoss: ctcLoss,
  // Keras 3.0 wrote it so.
  CtcLoss: ctcLoss,
  CTCDecode: ctcDecode,
};
