// Elementwise functions beyond arithmetic: NaN-aware extremes, special functions, signs and neighbours of floats.
// Source: https://keras.io/api/ops/numpy/

import * as tf from '@tensorflow/tfjs-core';
import { logAddExp, maximumOf, minimumOf } from '../base/extremes.js';
import { binary, floatBinary, floatUnary, type OpRow, type OpTable, op, pair, unary } from './opRow.js';
import { float, numeric } from './opValues.js';
import { withGradient } from './plainValues.js';
import { erfInv, i0, sinc } from './specialFunctions.js';

/** The largest finite float32. */
const LARGEST = 3.4028234663852886e38;

/** Ignores NaN where the other operand is a number. */
const ignoringNaN = (f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): OpRow =>
  binary((a, b) => {
    if (a.dtype !== 'float32') return f(a, b);
    const [first, second] = [tf.where(tf.isNaN(a), b, a), tf.where(tf.isNaN(b), a, b)];
    return f(first, second);
  });

/** The remainder with the sign of the dividend, as in C. */
const fmod = binary((a, b) => tf.mul(tf.sign(a), tf.mod(tf.abs(a), tf.abs(b))));

const heaviside = floatBinary((x, atZero) => {
  const isZero = tf.logicalOr(tf.equal(x, 0), tf.isNaN(x));
  return tf.where(isZero, tf.where(tf.isNaN(x), tf.add(x, atZero), tf.add(atZero, tf.zerosLike(x))), step(x, atZero));
});

const step = (x: tf.Tensor, other: tf.Tensor) => tf.add(float(tf.greater(x, 0)), tf.zerosLike(other));

/** log2(2^a + 2^b) */
const logAddExp2 = floatBinary((a, b) => logAddExp(a, b, Math.LN2));

const isInfinite = (sign: 1 | -1): OpRow => floatUnary((x) => tf.equal(x, tf.scalar(sign * Number.POSITIVE_INFINITY)));

/** Whether the sign bit is set, that of -0 too. */
const signBit = unary((x) => {
  if (x.dtype === 'int32') return tf.less(x, tf.scalar(0, 'int32'));
  return tf.logicalOr(tf.less(x, 0), tf.less(tf.div(1, x), 0));
});

function nextFloat(from: number, to: number): number {
  if (Number.isNaN(from) || Number.isNaN(to)) return Number.NaN;
  if (from === to) return to;
  if (from === 0) return Math.sign(to) * 2 ** -149;
  const bits = new Int32Array(Float32Array.of(from).buffer);
  // The bits of floats of one sign are in the order of their magnitudes.
  bits[0] += to > from === from > 0 ? 1 : -1;
  return new Float32Array(bits.buffer)[0];
}

const nextAfter = op('x1 x2', (call) => {
  const [a, b] = pair(call).map(float);
  const shape = tf.broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const [from, to] = [a, b].map((x) => tf.broadcastTo(x, shape).dataSync());
  const next = Float32Array.from(from, (value, i) => nextFloat(value, to[i]));
  // As TensorFlow's: the next float moves as x1 does, and x2 gives the direction alone.
  return withGradient([a, b], tf.tensor(next, shape), (dy, [x1, x2]) => {
    const axes = tf.broadcast_util.getReductionAxes(x1.shape, shape);
    return [tf.reshape(axes.length > 0 ? tf.sum(dy, axes) : dy, x1.shape), tf.zerosLike(x2)];
  });
});

/** Replaces NaN and infinities; by default the infinities become the largest floats. */
const nanToNum = unary((x, call) => {
  if (x.dtype !== 'float32') return x.clone();
  const put = (value: number) => tf.fill(x.shape, value);
  const numbers = tf.where(tf.isNaN(x), put(call.number('nan', 0)), x);
  const low = tf.where(tf.equal(x, Number.NEGATIVE_INFINITY), put(call.number('neginf', -LARGEST)), numbers);
  return tf.where(tf.equal(x, Number.POSITIVE_INFINITY), put(call.number('posinf', LARGEST)), low);
}, 'x nan posinf neginf');

const allClose = op('x1 x2 rtol atol equal_nan', (call) => {
  const [a, b] = [float(call.tensor('x1')), float(call.tensor('x2'))];
  const limit = tf.add(tf.mul(tf.abs(b), call.number('rtol', 1e-5)), call.number('atol', 1e-8));
  const close = tf.logicalOr(tf.equal(a, b), tf.lessEqual(tf.abs(tf.sub(a, b)), limit));
  const both = tf.logicalAnd(tf.isNaN(a), tf.isNaN(b));
  return tf.all(call.boolean('equal_nan', false) ? tf.logicalOr(close, both) : close);
});

export const specialOps: OpTable = {
  Fmax: ignoringNaN(maximumOf),
  Fmin: ignoringNaN(minimumOf),
  Fmod: fmod,
  Heaviside: heaviside,
  Ldexp: binary((a, b) => tf.mul(float(a), tf.pow(2, float(b)))),
  Logaddexp2: logAddExp2,
  I0: floatUnary(i0),
  Sinc: floatUnary(sinc),
  Erfinv: floatUnary(erfInv),
  Isneginf: isInfinite(-1),
  Isposinf: isInfinite(1),
  Signbit: signBit,
  Nextafter: nextAfter,
  NanToNum: nanToNum,
  AllClose: allClose,
  EmptyLike: op('x dtype', (call) => tf.zerosLike(numeric(call.tensor('x')))),
};
