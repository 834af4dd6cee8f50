// Discrete Fourier transforms along the last axis, from matrix products, so that they run on every backend and have
// gradients: tf.spectral runs on some backends only, and has none.
//
//   X[k] = sum_j x[j] exp(-2 pi i j k / n), by
//     a product with the n x n matrix for short or prime lengths,
//     Cooley and Tukey's four steps for n = n1 n2: https://en.wikipedia.org/wiki/Cooley-Tukey_FFT_algorithm
//     Bluestein's convolution for large primes: https://en.wikipedia.org/wiki/Chirp_Z-transform

import * as tf from '@tensorflow/tfjs-core';
import { product } from './permuteAxes.js';

/** Real and imaginary parts. */
export type Complex = readonly [re: tf.Tensor, im: tf.Tensor];

/** Up to this length one matrix product is cheaper than two with transpositions. */
const shortest = 128;
/** A prime length above this goes through a power of 2. */
const largestPrime = 1024;

/** cos and sin of 2 pi fraction, for a fraction that `index` gives as a whole number of n-th parts. */
function rotations(rows: number, columns: number, index: (row: number, column: number) => number, n: number): Complex {
  const [re, im] = [new Float32Array(rows * columns), new Float32Array(rows * columns)];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const angle = (2 * Math.PI * (index(row, column) % n)) / n;
      re[row * columns + column] = Math.cos(angle);
      im[row * columns + column] = Math.sin(angle);
    }
  }
  return [tf.tensor2d(re, [rows, columns]), tf.tensor2d(im, [rows, columns])];
}

/** (a + bi)(c + sign di), elementwise or as matrix products. */
function times([a, b]: Complex, [c, d]: Complex, sign: 1 | -1, mul: typeof tf.mul): Complex {
  const [bd, ad] = [mul(b, d), mul(a, d)];
  if (sign === 1) return [tf.sub(mul(a, c), bd), tf.add(mul(b, c), ad)];
  return [tf.add(mul(a, c), bd), tf.sub(mul(b, c), ad)];
}

const both = ([re, im]: Complex, f: (x: tf.Tensor) => tf.Tensor): Complex => [f(re), f(im)];

/** The divisor of n that is nearest to its root; 1 for a prime. */
function divisorOf(n: number): number {
  for (let d = Math.floor(Math.sqrt(n)); d > 1; d--) if (n % d === 0) return d;
  return 1;
}

/** The transform of each row of [rows, n]. sign -1 is the transform, 1 its inverse times n. */
function transformRows(x: Complex, sign: 1 | -1): Complex {
  const [rows, n] = x[0].shape as [number, number];
  const n1 = divisorOf(n);
  if (n > largestPrime && n1 === 1) return bluestein(x, sign);
  if (n <= shortest || n1 === 1) {
    const matrix = rotations(n, n, (j, k) => j * k, n);
    return times(x, matrix, sign, tf.matMul as typeof tf.mul);
  }
  const n2 = n / n1;
  // j = n2 j1 + j2 and k = k1 + n1 k2
  const swap = (y: tf.Tensor) => tf.transpose(y, [0, 2, 1]);
  const columns = both(x, (y) => tf.reshape(swap(tf.reshape(y, [rows, n1, n2])), [rows * n2, n1]));
  const inner = both(transformRows(columns, sign), (y) => tf.reshape(y, [rows, n2, n1]));
  const twiddled = times(
    inner,
    rotations(n2, n1, (j2, k1) => j2 * k1, n),
    sign,
    tf.mul,
  );
  const outer = transformRows(
    both(twiddled, (y) => tf.reshape(swap(y), [rows * n1, n2])),
    sign,
  );
  return both(outer, (y) => tf.reshape(swap(tf.reshape(y, [rows, n1, n2])), [rows, n]));
}

/** jk = (j^2 + k^2 - (k - j)^2) / 2 makes the transform a convolution, which a power of 2 computes. */
function bluestein(x: Complex, sign: 1 | -1): Complex {
  const n = x[0].shape[1] as number;
  const m = 2 ** Math.ceil(Math.log2(2 * n - 1));
  const chirp = rotations(1, n, (_, j) => (j * j) % (2 * n), 2 * n);
  const mirrored = rotations(1, m, (_, j) => (j < n ? j * j : j > m - n ? (m - j) ** 2 : 0) % (2 * n), 2 * n);
  const isUsed = tf.tensor2d(
    Float32Array.from({ length: m }, (_, j) => Number(j < n || j > m - n)),
    [1, m],
  );
  const filter = both(mirrored, (y) => tf.mul(y, isUsed));
  const conjugate: Complex = sign === -1 ? filter : [filter[0], tf.neg(filter[1])];
  const padded = both(times(x, chirp, sign, tf.mul), (y) =>
    tf.pad(y, [
      [0, 0],
      [0, m - n],
    ]),
  );
  const spectrum = times(transformRows(padded, -1), transformRows(conjugate, -1), 1, tf.mul);
  const convolved = both(transformRows(spectrum, 1), (y) => tf.div(tf.slice(y, [0, 0], [-1, n]), m));
  return times(convolved, chirp, sign, tf.mul);
}

/** The transform along the last axis; with `isInverse` the inverse one, which divides by n. */
export function fourier(x: Complex, isInverse = false): Complex {
  const { shape } = x[0];
  const n = shape[shape.length - 1];
  const rows = both(x, (y) => tf.reshape(y, [product(shape.slice(0, -1)), n]));
  const y = transformRows(rows, isInverse ? 1 : -1);
  return both(y, (part) => tf.reshape(isInverse ? tf.div(part, n) : part, shape));
}

/** The last axis cut or filled with zeros to this size. */
export function fitLast(x: tf.Tensor, size: number): tf.Tensor {
  const found = x.shape[x.rank - 1];
  if (found === size) return x;
  if (found > size)
    return tf.slice(
      x,
      x.shape.map(() => 0),
      [...x.shape.slice(0, -1), size],
    );
  return tf.pad(x, [...x.shape.slice(0, -1).map(() => [0, 0] as [number, number]), [0, size - found]]);
}

/** The n/2 + 1 coefficients of a real signal that is cut or filled to length n. */
export function realFourier(x: tf.Tensor, n: number): Complex {
  const y = fitLast(x, n);
  return both(fourier([y, tf.zerosLike(y)]), (part) => fitLast(part, Math.floor(n / 2) + 1));
}

/** The real signal of length n with these n/2 + 1 coefficients; the others are their conjugates. */
export function inverseRealFourier(x: Complex, n: number): tf.Tensor {
  const bins = Math.floor(n / 2) + 1;
  const [re, im] = both(x, (part) => fitLast(part, bins));
  const last = re.rank - 1;
  const rest = (part: tf.Tensor) => {
    const begin = part.shape.map((_, axis) => (axis === last ? 1 : 0));
    return tf.reverse(tf.slice(part, begin, [...part.shape.slice(0, -1), n - bins]), last);
  };
  if (n === 1) return re.clone();
  return fourier([tf.concat([re, rest(re)], last), tf.concat([im, tf.neg(rest(im))], last)], true)[0];
}
