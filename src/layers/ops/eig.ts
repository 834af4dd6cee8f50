// Eigenvalues and eigenvectors of general matrices, which are complex: shifted QR steps to Schur's form, in complex
// arithmetic, and back substitution.
// Source: G. H. Golub and C. F. Van Loan, Matrix Computations, chapter 7

import * as tf from '@tensorflow/tfjs-core';
import { identity, type Matrix } from './linalg.js';
import { matricesOf, stacked } from './linalgTensors.js';
import type { OpCall } from './opCall.js';

interface Complex {
  readonly re: number;
  readonly im: number;
}

const add = (a: Complex, b: Complex): Complex => ({ re: a.re + b.re, im: a.im + b.im });
const sub = (a: Complex, b: Complex): Complex => ({ re: a.re - b.re, im: a.im - b.im });
const mul = (a: Complex, b: Complex): Complex => ({ re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re });
const scale = (a: Complex, by: number): Complex => ({ re: a.re * by, im: a.im * by });
const conj = ({ re, im }: Complex): Complex => ({ re, im: -im });
const size = ({ re, im }: Complex) => Math.hypot(re, im);

function div(a: Complex, b: Complex): Complex {
  return scale(mul(a, conj(b)), 1 / (b.re ** 2 + b.im ** 2));
}

function root(a: Complex): Complex {
  const re = Math.sqrt((size(a) + Math.abs(a.re)) / 2);
  if (re === 0) return { re: 0, im: 0 };
  const im = a.im / (2 * re);
  return a.re >= 0 ? { re, im } : { re: Math.abs(im), im: a.im < 0 ? -re : re };
}

type Rows = Complex[][];

const rowsOf = (a: Matrix, n: number): Rows =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => ({ re: a[i * n + j], im: 0 })));

/** The eigenvalue of the last two rows' matrix that lies nearer to its last value (Wilkinson's shift). */
function shiftOf(t: Rows, last: number): Complex {
  const [a, b, c, d] = [t[last - 1][last - 1], t[last - 1][last], t[last][last - 1], t[last][last]];
  const middle = scale(add(a, d), 0.5);
  const distance = root(sub(mul(middle, middle), sub(mul(a, d), mul(b, c))));
  const [first, second] = [add(middle, distance), sub(middle, distance)];
  return size(sub(first, d)) < size(sub(second, d)) ? first : second;
}

/** Rotates rows i and k, and the columns of t and q, so that t[k][column] becomes 0. */
function rotateTo(t: Rows, q: Rows, i: number, k: number, x: Complex, y: Complex): void {
  const length = Math.hypot(size(x), size(y));
  if (size(y) === 0) return;
  const [c, s] = [scale(x, 1 / length), scale(y, 1 / length)];
  for (let j = 0; j < t.length; j++) {
    const [u, v] = [t[i][j], t[k][j]];
    t[i][j] = add(mul(conj(c), u), mul(conj(s), v));
    t[k][j] = sub(mul(c, v), mul(s, u));
  }
  for (const rows of [t, q]) {
    for (const row of rows) {
      const [u, v] = [row[i], row[k]];
      row[i] = add(mul(c, u), mul(s, v));
      row[k] = sub(mul(conj(c), v), mul(conj(s), u));
    }
  }
}

const mostSteps = 200;

/** t = q^H a q, upper triangular. */
function schur(a: Matrix, n: number): { t: Rows; q: Rows } {
  const t = rowsOf(a, n);
  const q = rowsOf(identity(n), n);
  for (let column = 0; column < n - 2; column++) {
    for (let row = column + 2; row < n; row++) rotateTo(t, q, column + 1, row, t[column + 1][column], t[row][column]);
  }
  let last = n - 1;
  for (let step = 0; last > 0 && step < mostSteps * n; step++) {
    const below = t[last][last - 1];
    if (size(below) <= 2 ** -52 * (size(t[last][last]) + size(t[last - 1][last - 1]))) {
      t[last][last - 1] = { re: 0, im: 0 };
      last -= 1;
      continue;
    }
    // Now and then another shift, so that no matrix is a fixed point of the steps.
    const shift = step % 11 === 10 ? { re: size(below), im: size(below) } : shiftOf(t, last);
    let [x, y] = [sub(t[0][0], shift), t[1][0]];
    for (let k = 0; k < last; k++) {
      rotateTo(t, q, k, k + 1, x, y);
      if (k + 2 <= last) [x, y] = [t[k + 1][k], t[k + 2][k]];
    }
  }
  return { t, q };
}

/** Unit eigenvectors in the columns, by back substitution in t and rotation with q. */
function vectorsOf({ t, q }: { t: Rows; q: Rows }): Rows {
  const n = t.length;
  const tiny = 2 ** -52 * Math.max(...t.flat().map(size), Number.MIN_VALUE);
  const columns = t.map((_, k) => {
    const x: Complex[] = Array.from({ length: n }, (__, i) => ({ re: Number(i === k), im: 0 }));
    for (let i = k - 1; i >= 0; i--) {
      let sum: Complex = { re: 0, im: 0 };
      for (let j = i + 1; j <= k; j++) sum = add(sum, mul(t[i][j], x[j]));
      const gap = sub(t[k][k], t[i][i]);
      x[i] = div(sum, size(gap) < tiny ? { re: tiny, im: 0 } : gap);
    }
    const y = q.map((row) => row.reduce<Complex>((sum, value, j) => add(sum, mul(value, x[j])), { re: 0, im: 0 }));
    const length = Math.hypot(...y.map(size));
    const largest = y.reduce((most, value) => (size(value) > size(most) + 1e-12 ? value : most), y[0]);
    // The largest entry is real, as LAPACK has it.
    const turn = scale(conj(largest), 1 / (size(largest) * length));
    return y.map((value) => mul(value, turn));
  });
  return t.map((_, i) => columns.map((column) => column[i]));
}

/** Complex eigenvalues [..., n] and eigenvectors [..., n, n]. They have no gradient. */
export function eig(call: OpCall, x: tf.Tensor): tf.Tensor[] {
  const n = x.shape[x.rank - 1] as number;
  if (call.isTrial) return [tf.zeros(x.shape.slice(0, -1)), tf.zeros(x.shape)];
  const found = matricesOf(x).map((matrix) => schur(matrix, n));
  const values = found.map(({ t }) => t.map((row, i) => row[i]));
  const vectors = found.map((one) => vectorsOf(one).flat());
  const complex = (parts: readonly Complex[][], shape: readonly number[]) =>
    tf.complex(
      stacked(
        x,
        parts.map((part) => part.map(({ re }) => re)),
        shape,
      ),
      stacked(
        x,
        parts.map((part) => part.map(({ im }) => im)),
        shape,
      ),
    );
  return [complex(values, [n]), complex(vectors, [n, n])];
}
