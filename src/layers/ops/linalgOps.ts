// keras.ops.linalg: https://keras.io/api/ops/linalg/
//
// Gradients: all but eig, matrix_rank, and factors that are completed by more than one column, which an error says. Signs of
// singular vectors and eigenvectors are not unique, and not LAPACK's.

import * as tf from '@tensorflow/tfjs-core';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { spendTrial } from '../base/loadLimits.js';
import { eig } from './eig.js';
import { completeColumn, luFactor, type Matrix, multiply, qr as qrOf, svd as svdOf, transpose } from './linalg.js';
import * as gradients from './linalgGradients.js';
import * as linalg from './linalgTensors.js';
import type { OpCall } from './opCall.js';
import { type OpTable, op } from './opRow.js';
import { float } from './opValues.js';
import { withGradient, withoutGradient } from './plainValues.js';

const { matricesOf, stacked, transposed } = linalg;

/** A tensor of one part of each factorization, under the leading axes of x. */
function stackedParts<F>(
  x: tf.Tensor,
  found: readonly F[],
  part: (one: F) => ArrayLike<number>,
  shape: readonly number[],
  dtype?: 'int32',
): tf.Tensor {
  return stacked(x, found.map(part), shape, dtype);
}

/** Matrices, as floats. */
function matrix(call: OpCall, key: string, isSquare: boolean): tf.Tensor {
  const x = float(call.tensor(key));
  const [rows, columns] = x.shape.slice(-2);
  if (call.isTrial) spendTrial(x.shape); // each matrix is decomposed in JavaScript
  if (x.rank >= 2 && !(isSquare && rows !== columns)) return x;
  const rule = isSquare ? 'Expected a square matrix' : 'Expected input to have rank >= 2';
  throw new KerasValueError(`${call.where}: ${rule}. Received input with shape ${showValue(x.shape)}`);
}

/** A right side that is one vector for each matrix, or a matrix. */
function withSides(call: OpCall, f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, isSquare = true): tf.Tensor {
  const a = matrix(call, 'a', isSquare);
  const b = float(call.tensor('b'));
  const isVector = b.rank === a.rank - 1;
  const sides = isVector ? tf.expandDims(b, -1) : b;
  if (sides.rank < 2 || sides.shape[sides.rank - 2] !== a.shape[a.rank - 2]) {
    throw new KerasValueError(
      `${call.where}: Incompatible shapes between \`a\` and \`b\`. Received: a.shape=${showValue(a.shape)}, b.shape=${showValue(b.shape)}`,
    );
  }
  const x = f(a, sides);
  return isVector ? tf.squeeze(x, [x.rank - 1]) : x;
}

export const qr = op('x mode', (call) => {
  const x = matrix(call, 'x', false);
  const [m, n] = x.shape.slice(-2);
  const size = call.oneOf('mode', ['reduced', 'complete'], 'reduced') === 'reduced' ? Math.min(m, n) : m;
  const found = matricesOf(x).map((one) => qrOf(one, m, n));
  const columns = (q: Matrix) => Array.from({ length: m * size }, (_, i) => q[Math.floor(i / size) * m + (i % size)]);
  // The tensors of the forward pass may be gone when the gradients are computed.
  const makeQ = () => stackedParts(x, found, (one) => columns(one.q), [m, size]);
  const makeR = () => stackedParts(x, found, (one) => one.r.subarray(0, size * n), [size, n]);
  // As TensorFlow's, which knows no gradient of columns that complete q.
  if (size > n) return withoutGradient(call.where, [x], [makeQ(), makeR()]);
  return [
    withGradient([x], makeQ(), (dy) => [gradients.qrGradient({ value: makeQ(), dy }, { value: makeR(), dy: null })]),
    withGradient([x], makeR(), (dy) => [gradients.qrGradient({ value: makeQ(), dy: null }, { value: makeR(), dy })]),
  ];
});

/** The columns of a factor [rows, r] and, up to `columns`, more that are orthogonal to them. */
function completed(factor: Matrix, rows: number, r: number, columns: number): Matrix {
  const all = new Float64Array(rows * columns);
  factor.forEach((value, i) => {
    all[Math.floor(i / r) * columns + (i % r)] = value;
  });
  for (let j = r; j < columns; j++) completeColumn(all, rows, columns, j);
  return all;
}

/** Singular vectors of one side, as many as asked for. */
interface Vectors {
  readonly parts: readonly Matrix[];
  readonly size: number;
  readonly count: number;
  /** How many belong to singular values; the others complete them. */
  readonly r: number;
  readonly isRight: boolean;
}

/** @param factorsOf The factors as if these vectors, which it is given, were u. */
function vectorsOf(
  call: OpCall,
  x: tf.Tensor,
  { parts, size, count, r, isRight }: Vectors,
  factorsOf: (all: tf.Tensor) => gradients.SingularFactors,
): tf.Tensor {
  const make = () => stacked(x, parts, [size, count]);
  if (count > r + 1) return withoutGradient(call.where, [x], [make()])[0]; // as TensorFlow's
  return withGradient([x], make(), (dy) => {
    const all = make();
    const factors = factorsOf(all);
    const du = count > r ? gradients.completedGradient(factors.u, gradients.columnsOf(all, r, 1), dy) : dy;
    const found = gradients.singularVectorGradient(factors, du);
    return [isRight ? transposed(found) : found];
  });
}

const svd = op('x full_matrices compute_uv', (call) => {
  const x = matrix(call, 'x', false);
  if (!call.boolean('compute_uv', true)) return linalg.singularValues(x);
  const [m, n] = x.shape.slice(-2);
  const r = Math.min(m, n);
  const [rows, columns] = call.boolean('full_matrices', true) ? [m, n] : [r, r];
  const found = matricesOf(x).map((one) => svdOf(one, m, n));
  const u = found.map((one) => completed(one.u, m, r, rows));
  const v = found.map((one) => completed(one.v, n, r, columns));
  const thin = (all: tf.Tensor) => gradients.columnsOf(all, 0, r);
  const values = () => stackedParts(x, found, (one) => one.s, [r]);
  const left = vectorsOf(call, x, { parts: u, size: m, count: rows, r, isRight: false }, (all) => {
    return { u: thin(all), s: values(), v: stackedParts(x, found, (one) => one.v, [n, r]) };
  });
  const right = vectorsOf(call, x, { parts: v, size: n, count: columns, r, isRight: true }, (all) => {
    return { u: thin(all), s: values(), v: stackedParts(x, found, (one) => one.u, [m, r]) };
  });
  return [left, linalg.singularValues(x), transposed(right)];
});

/** Pseudoinverses [n, m] of matrices [m, n]. Singular values below `limit` times the largest count as 0. */
function pseudoInverse(a: Matrix, m: number, n: number, limit: number): Matrix {
  const { u, s, v } = svdOf(a, m, n);
  const r = s.length;
  const scaled = v.map((value, i) => (s[i % r] > limit * s[0] ? value / s[i % r] : 0));
  return multiply(scaled, transpose(u, m, r), n, r, m);
}

/** Float32's epsilon, which Keras's default limits are multiples of. */
const tiny = 2 ** -23;

const pinv = op('x rcond', (call) => {
  const x = matrix(call, 'x', false);
  const [m, n] = x.shape.slice(-2);
  const limit = call.number('rcond', 10 * Math.max(m, n) * tiny);
  const made = matricesOf(x).map((one) => pseudoInverse(one, m, n, limit));
  return withGradient([x], stacked(x, made, [n, m]), (dy, [a, p]) => [gradients.pseudoInverseGradient(a, p, dy)]);
});

const lstsq = op('a b rcond', (call) =>
  withSides(
    call,
    (a, b) => {
      const [m, n] = a.shape.slice(-2);
      const k = b.shape[b.rank - 1] as number;
      const limit = call.number('rcond', tiny * Math.max(m, n));
      const sides = matricesOf(b);
      const inverses = matricesOf(a).map((one) => pseudoInverse(one, m, n, limit));
      const found = inverses.map((one, i) => multiply(one, sides[i], n, m, k));
      return withGradient([a, b], stacked(a, found, [n, k]), (dy, [given, right]) => {
        const p = stacked(given, inverses, [n, m]);
        const dp = tf.matMul(dy, right, false, true);
        return [gradients.pseudoInverseGradient(given, p, dp), tf.matMul(p, dy, true, false)];
      });
    },
    false,
  ),
);

const matrixRank = op('x tol', (call) => {
  const x = matrix(call, 'x', false);
  const [m, n] = x.shape.slice(-2);
  const ranks = matricesOf(x).map((one) => {
    const { s } = svdOf(one, m, n);
    const limit = call.number('tol', s[0] * Math.max(m, n) * tiny);
    return [s.filter((value) => value > limit).length];
  });
  return stacked(x, ranks, [], 'int32');
});

const lu = op('x', (call) => {
  const x = matrix(call, 'x', true);
  const n = x.shape[x.rank - 1] as number;
  const found = matricesOf(x).map((one) => luFactor(one, n));
  const factors = withGradient(
    [x],
    stackedParts(x, found, ({ lu }) => lu, [n, n]),
    (dy, [, y]) => [
      gradients.luGradient(
        y,
        stackedParts(x, found, ({ pivots }) => rowOrder(pivots), [n, n]),
        dy,
      ),
    ],
  );
  return [factors, stackedParts(x, found, ({ pivots }) => pivots, [n], 'int32')];
});

/** A matrix that brings rows back to where they were before they were exchanged. */
function rowOrder(pivots: Int32Array): Float64Array {
  const n = pivots.length;
  const order = Array.from({ length: n }, (_, i) => i);
  pivots.forEach((pivot, i) => {
    [order[i], order[pivot]] = [order[pivot], order[i]];
  });
  const matrix = new Float64Array(n * n);
  order.forEach((row, i) => {
    matrix[row * n + i] = 1;
  });
  return matrix;
}

const upperOr = (call: OpCall, lower: tf.Tensor) => (call.boolean('upper', false) ? transposed(lower) : lower);

/** The inverse of l l^T, or of u^T u. */
const choleskyInverse = op('x upper', (call) => {
  const lower = upperOr(call, matrix(call, 'x', true));
  const n = lower.shape[lower.rank - 1] as number;
  const inverse = linalg.solveTriangular(lower, tf.eye(n), true);
  return tf.matMul(inverse, inverse, true, false);
});

export const linalgOps: OpTable = {
  Cholesky: op('x upper', (call) => upperOr(call, linalg.cholesky(matrix(call, 'x', true)))),
  CholeskyInverse: choleskyInverse,
  Det: op('x', (call) => linalg.determinant(matrix(call, 'x', true))),
  Slogdet: op('x', (call) => linalg.signAndLogDeterminant(matrix(call, 'x', true))),
  Logdet: op('x', (call) => linalg.signAndLogDeterminant(matrix(call, 'x', true))[1]),
  Inv: op('x', (call) => linalg.inverse(matrix(call, 'x', true))),
  Solve: op('a b', (call) => withSides(call, linalg.solve)),
  SolveTriangular: op('a b lower', (call) =>
    withSides(call, (a, b) => linalg.solveTriangular(a, b, call.boolean('lower', false))),
  ),
  Eigh: op('x', (call) => linalg.eigh(matrix(call, 'x', true))),
  Eig: op('x', (call) => eig(call, matrix(call, 'x', true))),
  LuFactor: lu,
  Qr: qr,
  SVD: svd,
  Pinv: pinv,
  Lstsq: lstsq,
  MatrixRank: matrixRank,
};
