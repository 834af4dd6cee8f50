// Elementwise operations of keras.ops.numpy and keras.ops.math: arithmetic, comparisons, logic.
// Source: https://keras.io/api/ops/numpy/

import * as tf from '@tensorflow/tfjs-core';
import { absOf, logAddExp, maximumOf, minimumOf } from '../base/extremes.js';
import { KerasValueError } from '../base/kerasValueError.js';
import { binary, floatBinary, floatUnary, type OpRow, type OpTable, op, unary } from './opRow.js';
import { bool, float, numeric, promote } from './opValues.js';

/** For floats tf.floorDiv would give integers. */
const floorDivide = binary((a, b) => (a.dtype === 'float32' ? tf.floor(tf.div(a, b)) : tf.floorDiv(a, b)));

const logical = (f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): OpRow => binary((a, b) => f(bool(a), bool(b)), f);

/** x2 = 2 squares, since tf.pow loses accuracy on GPUs. */
const power: OpRow = {
  ...binary(tf.pow),
  run(call) {
    const exponent = call.raw('x2');
    if (exponent === 2) return tf.square(numeric(call.tensor('x1')));
    if (exponent === 1) return numeric(call.tensor('x1')).clone();
    const [a, b] = promote([call.tensor('x1'), call.tensor('x2')]).map(numeric);
    return tf.pow(a, b);
  },
};

const bound = (call: Parameters<OpRow['run']>[0], key: string, x: tf.Tensor): tf.Tensor =>
  promote([x, call.tensor(key)])[1];

/** Booleans stay booleans. */
const absolute: OpRow = {
  ...unary(absOf),
  run: (call) => (call.tensor('x').dtype === 'bool' ? call.tensor('x').clone() : unary(absOf).run(call)),
};

const clip = unary((x, call) => {
  const low = call.raw('x_min');
  const high = call.raw('x_max');
  if (typeof low === 'number' && typeof high === 'number' && low <= high && x.dtype === 'float32') {
    return tf.clipByValue(x, low, high);
  }
  const wide = promote([x, ...['x_min', 'x_max'].filter((key) => call.has(key)).map((key) => call.tensor(key))])[0];
  const raised = low === null ? wide : maximumOf(wide, bound(call, 'x_min', wide));
  return high === null ? raised.clone() : minimumOf(raised, bound(call, 'x_max', raised));
}, 'x x_min x_max');

const where: OpRow = {
  names: ['condition', 'x1', 'x2'],
  isElementwise: true,
  run(call) {
    if (!call.has('x1') || !call.has('x2')) {
      throw new KerasValueError(`${call.where}: where(condition) alone has no fixed shape; x1 and x2 are needed`);
    }
    const [a, b] = promote([call.tensor('x1'), call.tensor('x2')]);
    return tf.where(bool(call.tensor('condition')), a, b);
  },
};

const round = unary((x, call) => {
  const decimals = call.integer('decimals', 0);
  if (decimals === 0) return tf.round(x);
  const scale = 10 ** decimals;
  return tf.div(tf.round(tf.mul(float(x), scale)), scale);
}, 'x decimals');

const xor = (a: tf.Tensor, b: tf.Tensor) => tf.logicalXor(a, b);

const divideNoNan = floatBinary((a, b) => {
  const isZero = tf.equal(b, 0);
  return tf.where(isZero, tf.zerosLike(tf.mul(a, b)), tf.div(a, tf.where(isZero, tf.onesLike(b), b)));
});

const isClose = op('x1 x2 rtol atol equal_nan', (call) => {
  const [a, b] = [float(call.tensor('x1')), float(call.tensor('x2'))];
  const limit = tf.add(tf.mul(tf.abs(b), call.number('rtol', 1e-5)), call.number('atol', 1e-8));
  const close = tf.logicalOr(tf.equal(a, b), tf.lessEqual(tf.abs(tf.sub(a, b)), limit));
  if (!call.boolean('equal_nan', false)) return close;
  return tf.logicalOr(close, tf.logicalAnd(tf.isNaN(a), tf.isNaN(b)));
});

const isFloatWith = (f: (x: tf.Tensor) => tf.Tensor): OpRow => floatUnary((x) => f(x));

const arithmetic: OpTable = {
  Add: binary(tf.add, tf.logicalOr),
  Subtract: binary(tf.sub),
  Multiply: binary(tf.mul, tf.logicalAnd),
  Divide: floatBinary(tf.div),
  TrueDivide: floatBinary(tf.div),
  DivideNoNan: divideNoNan,
  FloorDivide: floorDivide,
  Mod: binary(tf.mod),
  Power: power,
  Maximum: binary(maximumOf, tf.logicalOr),
  Minimum: binary(minimumOf, tf.logicalAnd),
  Arctan2: floatBinary(tf.atan2),
  Hypot: floatBinary((a, b) => tf.sqrt(tf.add(tf.square(a), tf.square(b)))),
  Logaddexp: floatBinary((a, b) => logAddExp(a, b)),
  Negative: unary(tf.neg),
  Absolute: { ...absolute, takesComplex: true },
  Abs: absolute,
  Fabs: floatUnary(absOf),
  Square: unary(tf.square),
  Sign: unary(tf.sign),
  Reciprocal: floatUnary((x) => tf.div(1, x)),
  Round: round,
  Clip: clip,
  Where: where,
};

const functions: OpTable = {
  Exp: floatUnary(tf.exp),
  Exp2: floatUnary((x) => tf.exp(tf.mul(x, Math.LN2))),
  Expm1: floatUnary(tf.expm1),
  Log: floatUnary(tf.log),
  Log1p: floatUnary(tf.log1p),
  Log2: floatUnary((x) => tf.div(tf.log(x), Math.LN2)),
  Log10: floatUnary((x) => tf.div(tf.log(x), Math.LN10)),
  Sqrt: floatUnary(tf.sqrt),
  Rsqrt: floatUnary(tf.rsqrt),
  Cbrt: floatUnary((x) => tf.mul(tf.sign(x), tf.pow(tf.abs(x), 1 / 3))),
  Sin: floatUnary(tf.sin),
  Cos: floatUnary(tf.cos),
  Tan: floatUnary(tf.tan),
  Sinh: floatUnary(tf.sinh),
  Cosh: floatUnary(tf.cosh),
  Tanh: floatUnary(tf.tanh),
  Arcsin: floatUnary(tf.asin),
  Arccos: floatUnary(tf.acos),
  Arctan: floatUnary(tf.atan),
  Arcsinh: floatUnary(tf.asinh),
  Arccosh: floatUnary(tf.acosh),
  Arctanh: floatUnary(tf.atanh),
  Deg2rad: floatUnary((x) => tf.mul(x, Math.PI / 180)),
  Rad2deg: floatUnary((x) => tf.mul(x, 180 / Math.PI)),
  Floor: floatUnary(tf.floor),
  Ceil: floatUnary(tf.ceil),
  Trunc: floatUnary((x) => tf.mul(tf.sign(x), tf.floor(tf.abs(x)))),
  Erf: floatUnary(tf.erf),
  Erfc: floatUnary((x) => tf.sub(1, tf.erf(x))),
};

const conditions: OpTable = {
  Greater: binary(tf.greater),
  GreaterEqual: binary(tf.greaterEqual),
  Less: binary(tf.less),
  LessEqual: binary(tf.lessEqual),
  Equal: binary(tf.equal),
  NotEqual: binary(tf.notEqual),
  LogicalAnd: logical(tf.logicalAnd),
  LogicalOr: logical(tf.logicalOr),
  LogicalXor: logical(xor),
  LogicalNot: unary((x) => tf.logicalNot(bool(x))),
  Isnan: isFloatWith(tf.isNaN),
  Isinf: isFloatWith(tf.isInf),
  Isfinite: isFloatWith(tf.isFinite),
  Isclose: isClose,
};

export const elementwiseOps: OpTable = { ...arithmetic, ...functions, ...conditions };
