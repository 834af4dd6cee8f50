// tf.linalg: https://www.tensorflow.org/api_docs/python/tf/linalg

import * as tf from '@tensorflow/tfjs-core';
import { qr as kerasQr } from '../linalgOps.js';
import * as linalg from '../linalgTensors.js';
import { diagonalMatrix, diagonalOf } from '../matrixOps.js';
import { OpCall } from '../opCall.js';
import { type OpTable, op } from '../opRow.js';
import { float, numeric, type OpValue, promote } from '../opValues.js';
import { multiplyMatrices } from '../productOps.js';

const matrix = (call: OpCall, key = 'input') => float(call.tensor(key));

const matmul = op('a b transpose_a transpose_b adjoint_a adjoint_b', (call) => {
  const [a, b] = promote([call.tensor('a'), call.tensor('b')]).map(numeric);
  const side = (x: tf.Tensor, name: string) =>
    call.boolean(`transpose_${name}`, false) || call.boolean(`adjoint_${name}`, false) ? linalg.transposed(x) : x;
  return multiplyMatrices(side(a, 'a'), side(b, 'b'));
});

const matvec = op('a b transpose_a adjoint_a', (call) => {
  const [a, b] = promote([call.tensor('a'), call.tensor('b')]).map(numeric);
  const left = call.boolean('transpose_a', false) || call.boolean('adjoint_a', false) ? linalg.transposed(a) : a;
  const y = multiplyMatrices(left, tf.expandDims(b, -1));
  return tf.squeeze(y, [y.rank - 1]);
});

/** Keeps the diagonals from num_lower below to num_upper above; -1 keeps all. */
const bandPart = op('input num_lower num_upper', (call) => {
  const x = numeric(call.tensor('input'));
  const [lower, upper] = [call.integer('num_lower'), call.integer('num_upper')];
  const [rows, columns] = x.shape.slice(-2);
  const mask = Uint8Array.from({ length: rows * columns }, (_, i) => {
    const above = (i % columns) - Math.floor(i / columns);
    return Number((lower < 0 || -above <= lower) && (upper < 0 || above <= upper));
  });
  return tf.where(tf.broadcastTo(tf.tensor2d(mask, [rows, columns], 'bool'), x.shape), x, tf.zerosLike(x));
});

/** One diagonal: k, without the sizes and alignments of several. */
function offset(call: OpCall): number {
  const k = call.raw('k') ?? 0;
  if (typeof k === 'number') return k;
  throw call.wrong('k', 'one number');
}

const setDiag = op('input diagonal k align', (call) => {
  const x = float(call.tensor('input'));
  if (offset(call) !== 0 || x.shape[x.rank - 1] !== x.shape[x.rank - 2])
    throw call.wrong('k', '0, and the matrices square');
  const made = diagonalMatrix(float(call.tensor('diagonal')), 0);
  const isDiagonal = tf.cast(tf.broadcastTo(tf.eye(x.shape[x.rank - 1] as number), x.shape), 'bool');
  return tf.where(isDiagonal, made, x);
});

const diag = op('diagonal k num_rows num_cols padding_value align', (call) => {
  if (call.number('padding_value', 0) !== 0 || call.integer('num_rows', -1) > 0 || call.integer('num_cols', -1) > 0) {
    throw call.wrong('padding_value', '0, and the size that of the diagonal');
  }
  return diagonalMatrix(call.tensor('diagonal'), offset(call));
});

const triangularSolve = op('matrix rhs lower adjoint', (call) => {
  const isLower = call.boolean('lower', true);
  const isAdjoint = call.boolean('adjoint', false);
  const a = matrix(call, 'matrix');
  return linalg.solveTriangular(isAdjoint ? linalg.transposed(a) : a, matrix(call, 'rhs'), isLower !== isAdjoint);
});

const qr = op('input full_matrices', (call) => {
  const mode = call.boolean('full_matrices', false) ? 'complete' : 'reduced';
  return kerasQr.run(
    new OpCall(
      call.where,
      new Map<string, OpValue>([
        ['x', call.tensor('input')],
        ['mode', mode],
      ]),
      call.isTrial,
    ),
  );
});

export const tfLinalg: OpTable = {
  'tf.linalg.matmul': matmul,
  'tf.linalg.matvec': matvec,
  'tf.linalg.matrix_transpose': op('a', (call) => linalg.transposed(call.tensor('a'))),
  'tf.linalg.adjoint': op('matrix', (call) => linalg.transposed(call.tensor('matrix'))),
  'tf.linalg.band_part': bandPart,
  'tf.linalg.diag': diag,
  'tf.linalg.diag_part': op('input k padding_value align', (call) => diagonalOf(call.tensor('input'), offset(call))),
  'tf.linalg.set_diag': setDiag,
  'tf.linalg.trace': op('x', (call) => tf.sum(diagonalOf(numeric(call.tensor('x')), 0), -1)),
  'tf.linalg.solve': op('matrix rhs adjoint', (call) => {
    const a = matrix(call, 'matrix');
    return linalg.solve(call.boolean('adjoint', false) ? linalg.transposed(a) : a, matrix(call, 'rhs'));
  }),
  'tf.linalg.triangular_solve': triangularSolve,
  'tf.linalg.cholesky_solve': op('chol rhs', (call) => {
    const lower = matrix(call, 'chol');
    return linalg.solveTriangular(
      linalg.transposed(lower),
      linalg.solveTriangular(lower, matrix(call, 'rhs'), true),
      false,
    );
  }),
  'tf.linalg.inv': op('input adjoint', (call) => {
    const y = linalg.inverse(matrix(call));
    return call.boolean('adjoint', false) ? linalg.transposed(y) : y;
  }),
  'tf.linalg.qr': qr,
  'tf.linalg.eigvalsh': op('tensor', (call) => linalg.eigh(matrix(call, 'tensor'))[0]),
};
