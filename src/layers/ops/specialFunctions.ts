// Special functions as polynomials, from tfjs-core's arithmetic alone, so that every backend computes them and their
// gradients.

import * as tf from '@tensorflow/tfjs-core';

/** c[0] + c[1] x + c[2] x^2 + ... */
function polynomial(x: tf.Tensor, coefficients: readonly number[]): tf.Tensor {
  const [last, ...rest] = [...coefficients].reverse();
  return rest.reduce((sum: tf.Tensor, c) => tf.add(tf.mul(sum, x), c), tf.fill(x.shape, last));
}

/**
 * The modified Bessel function of order 0, to a relative error of 2e-7.
 * Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 9.8.1 and 9.8.2
 */
export function i0(x: tf.Tensor): tf.Tensor {
  const size = tf.abs(x);
  const isSmall = tf.lessEqual(size, 3.75);
  const small = tf.where(isSmall, tf.square(tf.div(x, 3.75)), tf.zerosLike(x));
  const large = tf.where(isSmall, tf.fill(x.shape, 3.75), size);
  const near = polynomial(small, [1, 3.5156229, 3.0899424, 1.2067492, 0.2659732, 0.0360768, 0.0045813]);
  const far = polynomial(
    tf.div(3.75, large),
    [0.39894228, 0.01328592, 0.00225319, -0.00157565, 0.00916281, -0.02057706, 0.02635537, -0.01647633, 0.00392377],
  );
  return tf.where(isSmall, near, tf.mul(tf.div(tf.exp(large), tf.sqrt(large)), far));
}

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
