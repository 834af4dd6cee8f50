// Special functions as polynomials, from tfjs-core's arithmetic alone, so that every backend computes them and their
// gradients.

import * as tf from '@tensorflow/tfjs-core';

/** c[0] + c[1] x + c[2] x^2 + ... */
function polynomial(x: tf.Tensor, coefficients: readonly number[]): tf.Tensor {
  const [last, ...rest] = [...coefficients].reverse();
  return rest.reduce((sum: tf.Tensor, c) => tf.add(tf.mul(sum, x), c), tf.fill(x.shape, last));
}

/** Polynomials of a modified Bessel function I: of (x / 3.75)^2 up to 3.75, and of 3.75 / x beyond, over sqrt(x) exp(-x). */
interface Bessel {
  readonly near: readonly number[];
  readonly far: readonly number[];
  /** Whether f(-x) = -f(x). Its value near 0 is then x times the polynomial. */
  readonly isOdd?: boolean;
}

/** Abramowitz and Stegun, Handbook of Mathematical Functions, 9.8.1 and 9.8.2 */
const order0: Bessel = {
  near: [1, 3.5156229, 3.0899424, 1.2067492, 0.2659732, 0.0360768, 0.0045813],
  far: [0.39894228, 0.01328592, 0.00225319, -0.00157565, 0.00916281, -0.02057706, 0.02635537, -0.01647633, 0.00392377],
};

/** The same, 9.8.3 and 9.8.4 */
const order1: Bessel = {
  near: [0.5, 0.87890594, 0.51498869, 0.15084934, 0.02658733, 0.00301532, 0.00032411],
  far: [
    0.39894228, -0.03988024, -0.00362018, 0.00163801, -0.01031555, 0.02282967, -0.02895312, 0.01787654, -0.00420059,
  ],
  isOdd: true,
};

/**
 * A modified Bessel function of the first kind, to a relative error of 3e-7.
 * @param isScaled whether it is multiplied by exp(-|x|), and so stays finite.
 */
function bessel(x: tf.Tensor, { near, far, isOdd }: Bessel, isScaled: boolean): tf.Tensor {
  const size = tf.abs(x);
  const isSmall = tf.lessEqual(size, 3.75);
  const small = tf.where(isSmall, x, tf.zerosLike(x));
  const large = tf.where(isSmall, tf.fill(x.shape, 3.75), size);
  const even = polynomial(tf.square(tf.div(small, 3.75)), near);
  const central = isOdd ? tf.mul(small, even) : even;
  const tail = tf.div(polynomial(tf.div(3.75, large), far), tf.sqrt(large));
  const signed = isOdd ? tf.mul(tf.sign(x), tail) : tail;
  if (isScaled) return tf.where(isSmall, tf.mul(central, tf.exp(tf.neg(tf.abs(small)))), signed);
  return tf.where(isSmall, central, tf.mul(signed, tf.exp(large)));
}

/** The modified Bessel function of order 0. */
export const i0 = (x: tf.Tensor): tf.Tensor => bessel(x, order0, false);

/** exp(-|x|) i0(x) */
export const i0e = (x: tf.Tensor): tf.Tensor => bessel(x, order0, true);

/** The modified Bessel function of order 1. */
export const i1 = (x: tf.Tensor): tf.Tensor => bessel(x, order1, false);

/** exp(-|x|) i1(x) */
export const i1e = (x: tf.Tensor): tf.Tensor => bessel(x, order1, true);

/** sin(pi x) / (pi x), and 1 at 0. */
export function sinc(x: tf.Tensor): tf.Tensor {
  const isZero = tf.equal(x, 0);
  const angle = tf.mul(tf.where(isZero, tf.onesLike(x), x), Math.PI);
  return tf.where(isZero, tf.onesLike(x), tf.div(tf.sin(angle), angle));
}

/**
 * The inverse of erf, to about 3e-7 of the result; +-1 give infinities, and what lies outside NaN.
 * Source: M. Giles, Approximating the erfinv function, https://people.maths.ox.ac.uk/gilesm/files/gems_erfinv.pdf
 */
export function erfInv(x: tf.Tensor): tf.Tensor {
  const w = tf.neg(tf.log(tf.mul(tf.sub(1, x), tf.add(1, x))));
  const isCentral = tf.less(w, 5);
  const central = tf.sub(tf.where(isCentral, w, tf.fill(x.shape, 2.5)), 2.5);
  const tail = tf.sub(tf.sqrt(tf.where(isCentral, tf.fill(x.shape, 9), w)), 3);
  const near = polynomial(
    central,
    [
      1.50140941, 0.246640727, -0.00417768164, -0.00125372503, 0.00021858087, -4.39150654e-6, -3.5233877e-6,
      3.43273939e-7, 2.81022636e-8,
    ],
  );
  const far = polynomial(
    tail,
    [
      2.83297682, 1.00167406, 0.00943887047, -0.0076224613, 0.00573950773, -0.00367342844, 0.00134934322,
      0.000100950558, -0.000200214257,
    ],
  );
  const isEdge = tf.equal(tf.abs(x), 1);
  const infinity = tf.fill(x.shape, Number.POSITIVE_INFINITY);
  const edge = tf.where(tf.greater(x, 0), infinity, tf.neg(infinity));
  return tf.where(isEdge, edge, tf.mul(tf.where(isCentral, near, far), x));
}

/** Stirling's series of log gamma and its derivative at z + 7, from where float32 has all its digits. */
const shift = 7;

/** log |gamma(x)|, for negative x by reflection. */
export function logGamma(x: tf.Tensor): tf.Tensor {
  const isNegative = tf.less(x, 0.5);
  const z = tf.where(isNegative, tf.sub(1, x), x);
  const far = tf.add(z, shift);
  const inverse = tf.div(1, far);
  const series = tf.mul(inverse, polynomial(tf.square(inverse), [1 / 12, -1 / 360, 1 / 1260]));
  const stirling = tf.add(
    tf.sub(tf.mul(tf.sub(far, 0.5), tf.log(far)), far),
    tf.add(series, 0.5 * Math.log(2 * Math.PI)),
  );
  const product = Array.from({ length: shift }, (_, i) => tf.add(z, i)).reduce((a, b) => tf.mul(a, b));
  const positive = tf.sub(stirling, tf.log(product));
  const reflected = tf.sub(Math.log(Math.PI), tf.add(tf.log(tf.abs(tf.sin(tf.mul(x, Math.PI)))), positive));
  return tf.where(isNegative, reflected, positive);
}

/** The derivative of log gamma. */
export function digamma(x: tf.Tensor): tf.Tensor {
  const isNegative = tf.less(x, 0.5);
  const z = tf.where(isNegative, tf.sub(1, x), x);
  const inverse = tf.div(1, tf.add(z, shift));
  const square = tf.square(inverse);
  const series = tf.mul(square, polynomial(square, [1 / 12, -1 / 120, 1 / 252]));
  const far = tf.sub(tf.sub(tf.neg(tf.log(inverse)), tf.div(inverse, 2)), series);
  const sum = Array.from({ length: shift }, (_, i) => tf.div(1, tf.add(z, i))).reduce((a, b) => tf.add(a, b));
  const positive = tf.sub(far, sum);
  return tf.where(isNegative, tf.sub(positive, tf.div(Math.PI, tf.tan(tf.mul(x, Math.PI)))), positive);
}
