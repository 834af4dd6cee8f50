// The losses of keras.ops.nn: crossentropies, and CTC of sequences: https://keras.io/api/ops/nn/

import * as tf from '@tensorflow/tfjs-core';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import {
  binaryCrossentropy,
  categoricalCrossentropy,
  logSoftmaxAlong,
  sparseCategoricalCrossentropy,
} from '../losses/crossentropy.js';
import { ctcLoss } from '../losses/ctc.js';
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

const ctc = op('target output target_length output_length mask_index', (call) => {
  const [labels, labelLengths, stepLengths] = ['target', 'target_length', 'output_length'].map((key) =>
    tf.cast(call.tensor(key), 'int32'),
  );
  const logits = float(call.tensor('output'));
  return ctcLoss({ labels, logits, labelLengths, stepLengths, blank: call.integer('mask_index', 0) });
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
  CTCLoss: ctc,
  // Keras 3.0 wrote it so.
  CtcLoss: ctc,
  CTCDecode: ctcDecode,
};
