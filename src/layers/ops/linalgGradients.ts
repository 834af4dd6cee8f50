// Gradients of factors of matrices. Sources: S. Walter and L. Lehmann, Algorithmic differentiation of linear algebra
// functions with application in optimum experimental design (QR); J. Townsend, Differentiating the singular value
// decomposition; G. Golub and V. Pereyra, The differentiation of pseudo-inverses and nonlinear least squares problems.

import * as tf from '@tensorflow/tfjs-core';
import { half, solveTriangular, transposed } from './linalgTensors.js';

const mul = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => tf.matMul(a, b);

/** Some columns of matrices. */
export function columnsOf(x: tf.Tensor, from: number, count: number): tf.Tensor {
  return tf.slice(x, [...x.shape.slice(0, -1).map(() => 0), from], [...x.shape.slice(0, -1), count]);
}

/** A factor with the gradients that come back to it; null: none do. */
interface Factor {
  readonly value: tf.Tensor;
  readonly dy: tf.Tensor | null;
}

/** q [m, k] and r [k, n] with k the lesser of m and n. */
export function qrGradient(q: Factor, r: Factor): tf.Tensor {
  const [k, n] = r.value.shape.slice(-2);
  if (n <= k) return tallGradient(q, r);
  // The first columns are factored, the others are q times the rest of r.
  const first = { value: columnsOf(r.value, 0, k), dy: r.dy && columnsOf(r.dy, 0, k) };
  const rest = columnsOf(r.value, k, n - k);
  if (!r.dy) {
    const zeros = tf.zeros([...q.value.shape.slice(0, -1), n - k]);
    return tf.concat([tallGradient(q, first), zeros], -1);
  }
  const dRest = columnsOf(r.dy, k, n - k);
  const through = mul(mul(q.value, rest), transposed(dRest));
  const dq = q.dy ? tf.add(q.dy, through) : through;
  return tf.concat([tallGradient({ value: q.value, dy: dq }, first), mul(q.value, dRest)], -1);
}

function tallGradient(q: Factor, r: Factor): tf.Tensor {
  const parts = [
    ...(r.dy ? [mul(r.value, transposed(r.dy))] : []),
    ...(q.dy ? [tf.neg(mul(transposed(q.dy), q.value))] : []),
  ];
  const m = parts.reduce((a, b) => tf.add(a, b));
  const symmetric = tf.add(half(m, true), transposed(half(m, true, 0)));
  const within = mul(q.value, symmetric);
  const left = q.dy ? tf.add(q.dy, within) : within;
  return transposed(solveTriangular(r.value, transposed(left), false));
}

/** Singular values [r] and vectors: u [m, r], v [n, r]. */
export interface SingularFactors {
  readonly u: tf.Tensor;
  readonly s: tf.Tensor;
  readonly v: tf.Tensor;
}

/** What comes back through u; through v where u and v change places. Equal singular values have none (infinite). */
export function singularVectorGradient({ u, s, v }: SingularFactors, du: tf.Tensor): tf.Tensor {
  const squares = tf.square(s);
  const distance = tf.sub(tf.expandDims(squares, -2), tf.expandDims(squares, -1));
  const isSame = tf.eye(s.shape[s.rank - 1] as number);
  const factor = tf.div(tf.sub(1, isSame), tf.add(distance, isSame));
  const product = mul(transposed(u), du);
  const within = mul(u, tf.mul(tf.mul(factor, tf.sub(product, transposed(product))), tf.expandDims(s, -2)));
  const beside = tf.div(tf.sub(du, mul(u, product)), tf.expandDims(s, -2));
  return mul(tf.add(within, beside), transposed(v));
}

/** The same of the first r vectors, where one more completes them to a square matrix: it stays orthogonal to them. */
export function completedGradient(u: tf.Tensor, last: tf.Tensor, du: tf.Tensor): tf.Tensor {
  const r = u.shape[u.rank - 1] as number;
  const dLast = columnsOf(du, r, 1);
  return tf.sub(columnsOf(du, 0, r), mul(last, mul(transposed(dLast), u)));
}

/** Pseudoinverses p [n, m] of matrices a [m, n], as long as no singular value begins or ceases to count. */
export function pseudoInverseGradient(a: tf.Tensor, p: tf.Tensor, dp: tf.Tensor): tf.Tensor {
  const [t, back] = [transposed(p), transposed(dp)];
  const outside = (x: tf.Tensor, projection: (x: tf.Tensor) => tf.Tensor) => tf.sub(x, projection(x));
  const direct = tf.neg(mul(mul(t, dp), t));
  const ofColumns = outside(mul(mul(back, p), t), (x) => mul(a, mul(p, x)));
  const ofRows = outside(mul(mul(t, p), back), (x) => mul(mul(x, p), a));
  return tf.addN([direct, ofColumns, ofRows]);
}

/** @param order Matrices that bring the rows of the factors into the order of the rows of a. */
export function luGradient(lu: tf.Tensor, order: tf.Tensor, dy: tf.Tensor): tf.Tensor {
  const n = lu.shape[lu.rank - 1] as number;
  const lower = tf.add(half(lu, true, 0), tf.eye(n));
  const upper = half(lu, false);
  const m = tf.add(
    half(mul(transposed(lower), half(dy, true, 0)), true, 0),
    half(mul(half(dy, false), transposed(upper)), false),
  );
  // lower^-T m upper^-T
  const left = solveTriangular(transposed(lower), m, false);
  const both = transposed(solveTriangular(upper, transposed(left), false));
  return mul(order, both);
}
