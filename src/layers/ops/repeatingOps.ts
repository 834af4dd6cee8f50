// Operations that repeat, shift, mask or subtract values along axes: tile, repeat, broadcast, roll, tril, triu, diff.
// Source: https://keras.io/api/ops/numpy/

import * as tf from '@tensorflow/tfjs-core';
import { spendTrial } from '../base/loadLimits.js';
import { split } from '../base/parts.js';
import { gatherAt } from './gathering.js';
import { type OpTable, op } from './opRow.js';
import { numeric } from './opValues.js';

function rollAxis(x: tf.Tensor, shift: number, axis: number): tf.Tensor {
  const size = x.shape[axis];
  const by = size === 0 ? 0 : ((shift % size) + size) % size;
  if (by === 0) return x;
  const [front, back] = split(x, [size - by, by], axis);
  return tf.concat([back, front], axis);
}

const roll = op('x shift axis', (call) => {
  const x = call.tensor('x');
  const shifts = call.integers('shift');
  const axes = call.axes('axis', x.rank);
  if (!axes) return tf.reshape(rollAxis(tf.reshape(x, [-1]), shifts[0], 0), x.shape);
  return axes.reduce((y, axis, i) => rollAxis(y, shifts[shifts.length === 1 ? 0 : i], axis), x);
});

const tile = op('x repeats', (call) => {
  const x = call.tensor('x');
  const given = call.integers('repeats');
  const rank = Math.max(x.rank, given.length);
  const left = (list: readonly number[]) => [...Array<number>(rank - list.length).fill(1), ...list];
  return tf.tile(tf.reshape(x, left(x.shape)), left(given));
});

const repeat = op('x repeats axis', (call) => {
  const given = call.tensor('x');
  const axis = call.axisOrNull('axis', given.rank);
  const x = axis === null ? tf.reshape(given, [-1]) : given;
  const at = axis ?? 0;
  const counts = call.integers('repeats');
  if (counts.length === 1) {
    const tiled = tf.tile(
      tf.expandDims(x, at + 1),
      [...x.shape.keys(), 0].map((_, i) => (i === at + 1 ? counts[0] : 1)),
    );
    return tf.reshape(
      tiled,
      x.shape.map((size, i) => (i === at ? size * counts[0] : size)),
    );
  }
  spendTrial([counts.reduce((sum, count) => sum + count, 0)]);
  const indices = counts.flatMap((count, i) => Array<number>(count).fill(i));
  return gatherAt(x, tf.tensor1d(indices, 'int32'), at);
});

const broadcastTo = op('x shape', (call) => {
  const x = call.tensor('x');
  const offset = call.integers('shape').length - x.rank;
  return tf.broadcastTo(
    x,
    call.integers('shape').map((size, i) => (size === -1 ? x.shape[i - offset] : size)),
  );
});

/** Keeps the values on and below (or above) the k-th diagonal of each matrix. */
function triangle(keep: (row: tf.Tensor, column: tf.Tensor) => tf.Tensor) {
  return op('x k', (call) => {
    const x = numeric(call.tensor('x'));
    const [rows, columns] = x.shape.slice(-2);
    const row = tf.add(tf.reshape(tf.range(0, rows, 1, 'int32'), [rows, 1]), tf.scalar(call.integer('k', 0), 'int32'));
    const isKept = keep(row, tf.reshape(tf.range(0, columns, 1, 'int32'), [1, columns]));
    // A product with 0 would make NaN of infinities.
    return tf.where(tf.broadcastTo(isKept, x.shape), x, tf.zerosLike(x));
  });
}

const diff = op('a n axis', (call) => {
  let x = numeric(call.tensor('a'));
  const axis = call.axis('axis', x.rank, -1);
  for (let i = 0; i < call.integer('n', 1); i++) {
    const size = x.shape[axis];
    const [first] = split(x, [size - 1, 1], axis);
    const [, last] = split(x, [1, size - 1], axis);
    x = tf.sub(last, first);
  }
  return x.clone();
});

export const repeatingOps: OpTable = {
  Roll: roll,
  Tile: tile,
  Repeat: repeat,
  BroadcastTo: broadcastTo,
  Tril: triangle((row, column) => tf.greaterEqual(row, column)),
  Triu: triangle((row, column) => tf.lessEqual(row, column)),
  Diff: diff,
};
