// Diagonals, products and correlations of vectors and matrices: https://keras.io/api/ops/numpy/

import * as tf from '@tensorflow/tfjs-core';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { spendTrial } from '../base/loadLimits.js';
import { unstack } from '../base/parts.js';
import { gatherRows } from './indexingOps.js';
import type { OpCall } from './opCall.js';
import { type OpTable, op, pair } from './opRow.js';
import { float, numeric } from './opValues.js';
import { permute } from './permuteAxes.js';

/** The positions of a diagonal in a flattened matrix. */
function diagonalPlaces(rows: number, columns: number, offset: number): number[] {
  const [row, column] = offset < 0 ? [-offset, 0] : [0, offset];
  const count = Math.max(0, Math.min(rows - row, columns - column));
  return Array.from({ length: count }, (_, i) => (row + i) * columns + column + i);
}

/** The diagonal over the last two axes: [..., rows, columns] to [..., count]. */
export function diagonalOf(x: tf.Tensor, offset: number): tf.Tensor {
  const [rows, columns] = x.shape.slice(-2);
  const flat = tf.reshape(x, [...x.shape.slice(0, -2), rows * columns]);
  return gatherRows(flat, diagonalPlaces(rows, columns, offset), flat.rank - 1);
}

/** Matrices [..., n, n] with the last axis of x on a diagonal, and zeros elsewhere. */
export function diagonalMatrix(x: tf.Tensor, offset: number): tf.Tensor {
  const length = x.shape[x.rank - 1];
  const n = length + Math.abs(offset);
  const mask = new Uint8Array(n * n);
  for (const place of diagonalPlaces(n, n, offset)) mask[place] = 1;
  // The values stand in the rows; a value at (i, i + offset) is row i's.
  const margins: [number, number] = offset < 0 ? [-offset, 0] : [0, offset];
  const padded = tf.pad(x, [...x.shape.slice(0, -1).map(() => [0, 0] as [number, number]), margins]);
  const wide = tf.broadcastTo(tf.expandDims(padded, -1), [...x.shape.slice(0, -1), n, n]);
  return tf.where(tf.broadcastTo(tf.tensor2d(mask, [n, n], 'bool'), wide.shape), wide, tf.zerosLike(wide));
}

const diagonalAlong = (call: OpCall, x: tf.Tensor): tf.Tensor => {
  const [first, second] = [call.axis('axis1', x.rank, 0), call.axis('axis2', x.rank, 1)];
  if (first === second) {
    throw new KerasValueError(`${call.where}: axis1 and axis2 must differ. Received: axis1=${first}, axis2=${second}`);
  }
  const rest = [...x.shape.keys()].filter((axis) => axis !== first && axis !== second);
  return diagonalOf(permute(x, [...rest, first, second]), call.integer('offset', 0));
};

const diag = op('x k', (call) => {
  const x = call.tensor('x');
  if (x.rank !== 1 && x.rank !== 2) throw call.wrong('x', 'of rank 1 or 2');
  return x.rank === 1 ? diagonalMatrix(x, call.integer('k', 0)) : diagonalOf(x, call.integer('k', 0));
});

const kron = op('x1 x2', (call) => {
  const [a, b] = pair(call).map(numeric);
  const rank = Math.max(a.rank, b.rank);
  const wide = (x: tf.Tensor) => [...Array<number>(rank - x.rank).fill(1), ...x.shape];
  const [left, right] = [wide(a), wide(b)];
  const product = tf.mul(
    tf.reshape(
      a,
      left.flatMap((size) => [size, 1]),
    ),
    tf.reshape(
      b,
      right.flatMap((size) => [1, size]),
    ),
  );
  return tf.reshape(
    product,
    left.map((size, i) => size * right[i]),
  );
});

/** The cross product of vectors with 2 or 3 entries. Two vectors in a plane give a number. */
const cross = op('x1 x2 axisa axisb axisc axis', (call) => {
  const [a, b] = pair(call).map(numeric);
  const name = (own: string) => (call.has('axis') ? 'axis' : own);
  const [axisA, axisB] = [call.axis(name('axisa'), a.rank, -1), call.axis(name('axisb'), b.rank, -1)];
  const parts = (x: tf.Tensor, axis: number): tf.Tensor[] => {
    const list = unstack(x, axis);
    if (list.length === 2 || list.length === 3) return list;
    throw new KerasValueError(`${call.where}: vectors must have 2 or 3 entries. Received: shape ${showValue(x.shape)}`);
  };
  const [u, v] = [parts(a, axisA), parts(b, axisB)];
  const minor = (i: number, j: number) => {
    const term = (p?: tf.Tensor, q?: tf.Tensor) => (p && q ? tf.mul(p, q) : tf.scalar(0, a.dtype as 'int32'));
    return tf.sub(term(u[i], v[j]), term(u[j], v[i]));
  };
  if (u.length === 2 && v.length === 2) return minor(0, 1);
  const all = [minor(1, 2), minor(2, 0), minor(0, 1)];
  return tf.stack(all, call.axis(name('axisc'), all[0].rank + 1, -1));
});

/** The powers of each entry. They are products, since tf.pow has no gradient at 0^0. */
const vander = op('x N increasing', (call) => {
  const x = numeric(call.tensor('x'));
  if (x.rank !== 1) throw call.wrong('x', 'a vector');
  const count = call.has('N') ? call.integer('N') : x.size;
  if (count === 0) return tf.zeros([x.size, 0], x.dtype);
  if (call.isTrial) spendTrial([x.size, count]);
  const powers: tf.Tensor[] = [tf.onesLike(x)];
  while (powers.length < count) powers.push(tf.mul(powers[powers.length - 1], x));
  return tf.stack(call.boolean('increasing', false) ? powers : powers.reverse(), 1);
});

/** sum_n a[n + k] v[n] for every k that the mode keeps. */
const correlate = op('x1 x2 mode', (call) => {
  const [a, v] = pair(call).map(float);
  if (a.rank !== 1 || v.rank !== 1) throw call.wrong('x1', 'a vector, as x2 must be');
  const mode = call.oneOf('mode', ['valid', 'same', 'full'], 'valid');
  const [long, short] = a.size >= v.size ? [a, v] : [v, a];
  const margin = short.size - 1;
  const padded = tf.pad(long, [[margin, margin]]);
  const count = long.size + margin;
  if (call.isTrial) spendTrial([count, short.size]);
  const places = Array.from({ length: count }, (_, k) => k);
  const windows = tf.stack(
    Array.from({ length: short.size }, (_, n) =>
      gatherRows(
        padded,
        places.map((k) => k + n),
        0,
      ),
    ),
    1,
  );
  const sums = tf.reshape(tf.matMul(windows, tf.reshape(short, [-1, 1])), [-1]);
  const full = a.size >= v.size ? sums : tf.reverse(sums);
  if (mode === 'full') return full;
  const kept = mode === 'valid' ? long.size - margin : long.size;
  const centered = Math.floor((count - long.size) / 2);
  return tf.slice(full, [mode === 'valid' ? margin : centered], [kept]);
});

/** The correlation coefficients of the rows of a matrix. */
const corrcoef = op('x', (call) => {
  const x = float(call.tensor('x'));
  if (x.rank > 2) throw call.wrong('x', 'a vector or a matrix');
  const rows = x.rank === 2 ? x : tf.reshape(x, [1, -1]);
  const centered = tf.sub(rows, tf.mean(rows, 1, true));
  const covariance = tf.matMul(centered, centered, false, true);
  const deviation = tf.sqrt(diagonalOf(covariance, 0));
  const scaled = tf.div(tf.div(covariance, tf.expandDims(deviation, 1)), tf.expandDims(deviation, 0));
  const clipped = tf.clipByValue(scaled, -1, 1);
  return x.rank === 2 ? clipped : tf.reshape(clipped, []);
});

/** A rotation by k quarter turns from the first axis towards the second. */
const rot90 = op('array k axes', (call) => {
  const x = call.tensor('array');
  const [first, second] = call.has('axes') ? (call.axes('axes', x.rank) as number[]) : [0, 1];
  const k = ((call.integer('k', 1) % 4) + 4) % 4;
  const swapped = (y: tf.Tensor) =>
    permute(
      y,
      [...y.shape.keys()].map((axis) => (axis === first ? second : axis === second ? first : axis)),
    );
  if (k === 0) return x.clone();
  if (k === 2) return tf.reverse(x, [first, second]);
  return k === 1 ? tf.reverse(swapped(x), first) : swapped(tf.reverse(x, first));
});

/** The distances between all pairs of rows. */
const cdist = op('x y', (call) => {
  const [x, y] = [float(call.tensor('x')), float(call.tensor('y'))];
  return tf.sqrt(tf.sum(tf.square(tf.sub(tf.expandDims(x, -2), tf.expandDims(y, -3))), -1));
});

export const matrixOps: OpTable = {
  Diag: diag,
  Diagflat: op('x k', (call) => diagonalMatrix(tf.reshape(call.tensor('x'), [-1]), call.integer('k', 0))),
  Diagonal: op('x offset axis1 axis2', (call) => diagonalAlong(call, call.tensor('x'))),
  Trace: op('x offset axis1 axis2', (call) => tf.sum(diagonalAlong(call, numeric(call.tensor('x'))), -1)),
  Kron: kron,
  Cross: cross,
  Vander: vander,
  Correlate: correlate,
  Corrcoef: corrcoef,
  Rot90: rot90,
  CDist: cdist,
};
