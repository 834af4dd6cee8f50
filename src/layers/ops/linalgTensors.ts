// Linear algebra of tensors [..., n, n]: values in float64 on the CPU (linalg.ts), gradients from tfjs-core's operations.
// Gradients: M. Giles, Collected matrix derivative results, https://people.maths.ox.ac.uk/gilesm/files/NA-08-01.pdf

import * as tf from '@tensorflow/tfjs-core';
import {
  cholesky as choleskyOf,
  eigh as eighOf,
  identity,
  luFactor,
  type Matrix,
  solveMatrix,
  solveTriangular as solveTriangularOf,
  svd as svdOf,
} from './linalg.js';
import { product } from './permuteAxes.js';
import { withGradient } from './plainValues.js';

/** The matrices of a tensor, one after another. */
export function matricesOf(x: tf.Tensor): Matrix[] {
  const size = product(x.shape.slice(-2));
  const values = Float64Array.from(x.dataSync());
  return Array.from({ length: size === 0 ? 0 : values.length / size }, (_, i) =>
    values.subarray(i * size, (i + 1) * size),
  );
}

/** A tensor of all parts, each of `shape`, under the leading axes of x. */
export function stacked(
  x: tf.Tensor,
  parts: readonly ArrayLike<number>[],
  shape: readonly number[],
  dtype: 'float32' | 'int32' = 'float32',
) {
  const all = [...x.shape.slice(0, -2), ...shape];
  const values = dtype === 'int32' ? new Int32Array(product(all)) : new Float32Array(product(all));
  parts.forEach((part, i) => {
    values.set(part, i * product(shape));
  });
  return tf.tensor(values, all, dtype);
}

export const transposed = (x: tf.Tensor): tf.Tensor =>
  tf.transpose(x, [...[...x.shape.keys()].slice(0, -2), x.rank - 1, x.rank - 2]);

const mul = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => tf.matMul(a, b);

const sizeOf = (a: tf.Tensor) => a.shape[a.rank - 1] as number;

/** Both operands with one batch. */
function sameBatch(a: tf.Tensor, b: tf.Tensor): [tf.Tensor, tf.Tensor] {
  const batch = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const wide = (x: tf.Tensor) =>
    String(x.shape.slice(0, -2)) === String(batch) ? x : tf.broadcastTo(x, [...batch, ...x.shape.slice(-2)]);
  return [wide(a), wide(b)];
}

/** x with a x = b, for b [..., n, k]. */
export function solve(given: tf.Tensor, sides: tf.Tensor): tf.Tensor {
  const [a, b] = sameBatch(given, sides);
  const [n, k] = b.shape.slice(-2);
  const right = matricesOf(b);
  const x = stacked(
    b,
    matricesOf(a).map((matrix, i) => solveMatrix(matrix, n, right[i], k)),
    [n, k],
  );
  return withGradient([a, b], x, (dy, [m, , y]) => {
    const db = solve(transposed(m), dy);
    return [tf.neg(mul(db, transposed(y))), db];
  });
}

/** One half of the matrices, with the diagonal or without. */
export function half(x: tf.Tensor, isLower: boolean, diagonal = 1): tf.Tensor {
  const n = sizeOf(x);
  const mask = Float32Array.from({ length: n * n }, (_, i) => {
    const below = Math.floor(i / n) - (i % n);
    return below === 0 ? diagonal : Number(isLower === below > 0);
  });
  return tf.mul(x, tf.tensor2d(mask, [n, n]));
}

export function solveTriangular(given: tf.Tensor, sides: tf.Tensor, isLower: boolean): tf.Tensor {
  const [a, b] = sameBatch(given, sides);
  const [n, k] = b.shape.slice(-2);
  const right = matricesOf(b);
  const x = stacked(
    b,
    matricesOf(a).map((matrix, i) => solveTriangularOf(matrix, n, right[i], k, isLower)),
    [n, k],
  );
  return withGradient([a, b], x, (dy, [m, , y]) => {
    const db = solveTriangular(transposed(m), dy, !isLower);
    return [half(tf.neg(mul(db, transposed(y))), isLower), db];
  });
}

export function inverse(a: tf.Tensor): tf.Tensor {
  const n = sizeOf(a);
  const made = stacked(
    a,
    matricesOf(a).map((matrix) => solveMatrix(matrix, n, identity(n), n)),
    [n, n],
  );
  return withGradient([a], made, (dy, [, y]) => [tf.neg(mul(mul(transposed(y), dy), transposed(y)))]);
}

/** The lower factor l of a = l l^T. NaN where a is not positive definite. */
export function cholesky(a: tf.Tensor): tf.Tensor {
  const n = sizeOf(a);
  const l = stacked(
    a,
    matricesOf(a).map((matrix) => choleskyOf(matrix, n)),
    [n, n],
  );
  return withGradient([a], l, (dy, [, y]) => {
    const middle = half(mul(transposed(y), half(dy, true)), true, 0.5);
    // l^-T middle l^-1
    const left = solveTriangular(transposed(y), middle, false);
    const both = transposed(solveTriangular(transposed(y), transposed(left), false));
    return [tf.mul(tf.add(both, transposed(both)), 0.5)];
  });
}

const ofMatrix = (x: tf.Tensor) => tf.expandDims(tf.expandDims(x, -1), -1);

/** The sign of the determinant, and the logarithm of its magnitude. */
export function signAndLogDeterminant(a: tf.Tensor): [sign: tf.Tensor, logarithm: tf.Tensor] {
  const n = sizeOf(a);
  const factors = matricesOf(a).map((matrix) => luFactor(matrix, n));
  const diagonals = factors.map(({ lu }) => Array.from({ length: n }, (_, i) => lu[i * n + i]));
  const signs = factors.map(({ sign }, i) => [diagonals[i].reduce((all, value) => all * Math.sign(value), sign)]);
  const logs = diagonals.map((diagonal) => [diagonal.reduce((all, value) => all + Math.log(Math.abs(value)), 0)]);
  const logarithm = withGradient([a], stacked(a, logs, []), (dy, [m]) => [
    tf.mul(ofMatrix(dy), transposed(inverse(m))),
  ]);
  return [stacked(a, signs, []), logarithm];
}

export function determinant(a: tf.Tensor): tf.Tensor {
  const n = sizeOf(a);
  const values = matricesOf(a).map((matrix) => {
    const { lu, sign } = luFactor(matrix, n);
    return [Array.from({ length: n }, (_, i) => lu[i * n + i]).reduce((all, value) => all * value, sign)];
  });
  return withGradient([a], stacked(a, values, []), (dy, [m, y]) => [
    tf.mul(ofMatrix(tf.mul(dy, y)), transposed(inverse(m))),
  ]);
}

/** Eigenvalues of symmetric matrices, ascending, and the vectors in the columns. Equal values have no gradient (NaN). */
export function eigh(a: tf.Tensor): [values: tf.Tensor, vectors: tf.Tensor] {
  const n = sizeOf(a);
  const found = matricesOf(a).map((matrix) => eighOf(matrix, n));
  const values = stacked(
    a,
    found.map((one) => one.values),
    [n],
  );
  const vectors = stacked(
    a,
    found.map((one) => one.vectors),
    [n, n],
  );
  const symmetric = (x: tf.Tensor) => tf.mul(tf.add(x, transposed(x)), 0.5);
  // The tensors of the forward pass may be gone when the gradients are computed.
  const again = () => [
    stacked(
      a,
      found.map((one) => one.values),
      [n],
    ),
    stacked(
      a,
      found.map((one) => one.vectors),
      [n, n],
    ),
  ];
  const ofValues = withGradient([a], values, (dy) => {
    const [, v] = again();
    return [mul(tf.mul(v, tf.expandDims(dy, -2)), transposed(v))];
  });
  const ofVectors = withGradient([a], vectors, (dy) => {
    const [w, v] = again();
    const distance = tf.sub(tf.expandDims(w, -2), tf.expandDims(w, -1));
    const isSame = tf.eye(n);
    const factor = tf.div(tf.sub(1, isSame), tf.add(distance, isSame));
    return [symmetric(mul(mul(v, tf.mul(factor, mul(transposed(v), dy))), transposed(v)))];
  });
  return [ofValues, ofVectors];
}

/** Singular values, descending. */
export function singularValues(a: tf.Tensor): tf.Tensor {
  const [m, n] = a.shape.slice(-2);
  const r = Math.min(m, n);
  const found = matricesOf(a).map((matrix) => svdOf(matrix, m, n));
  return withGradient(
    [a],
    stacked(
      a,
      found.map(({ s }) => s),
      [r],
    ),
    (dy, [x]) => {
      const u = stacked(
        x,
        found.map((one) => one.u),
        [m, r],
      );
      const v = stacked(
        x,
        found.map((one) => one.v),
        [n, r],
      );
      return [mul(tf.mul(u, tf.expandDims(dy, -2)), transposed(v))];
    },
  );
}
