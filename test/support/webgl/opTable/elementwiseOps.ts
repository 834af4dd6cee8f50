// Functions that work element by element.

import * as tf from '@tensorflow/tfjs';
import { binary, type OpTable, shapes, unary } from './opTable.js';

/** Whole numbers as they are, so that equality and remainders come up. */
const whole = (f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor) => binary((a, b) => f(tf.round(a), tf.round(b)));
const asBool = (x: tf.Tensor) => tf.cast(tf.relu(x), 'bool');
const logical = (f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor) => binary((a, b) => f(asBool(a), asBool(b)));

/** NaN for a half of the values. */
const withNaN = (x: tf.Tensor) => tf.log(x);
/** -Infinity for a half of the values. */
const withInfinity = (x: tf.Tensor) => tf.div(x, tf.relu(x));

export const unaryOps: OpTable = {
  abs: unary(tf.abs),
  acos: unary(tf.acos, -1, 1),
  acosh: unary(tf.acosh, 1, 4),
  asin: unary(tf.asin, -1, 1),
  asinh: unary(tf.asinh),
  atan: unary(tf.atan),
  atanh: unary(tf.atanh, -0.9, 0.9),
  cast: (x) => shapes.flatMap((shape) => (['int32', 'bool'] as const).map((dtype) => tf.cast(x(shape), dtype))),
  ceil: unary(tf.ceil),
  clipByValue: unary((x) => tf.clipByValue(x, -1, 2)),
  clone: unary(tf.clone),
  cos: unary(tf.cos),
  cosh: unary(tf.cosh),
  dropout: unary((x) => tf.dropout(x, 0.4, undefined, 7)),
  elu: unary(tf.elu),
  ensureShape: unary((x) => tf.ensureShape(x, x.shape as never)),
  erf: unary(tf.erf),
  exp: unary(tf.exp),
  expm1: unary(tf.expm1),
  floor: unary(tf.floor),
  isFinite: unary((x) => tf.isFinite(withInfinity(x))),
  isInf: unary((x) => tf.isInf(withInfinity(x))),
  isNaN: unary((x) => tf.isNaN(withNaN(x))),
  leakyRelu: unary((x) => tf.leakyRelu(x, 0.3)),
  log: unary(tf.log, 0.1, 4),
  log1p: unary(tf.log1p, -0.9, 4),
  logSigmoid: unary(tf.logSigmoid),
  logicalNot: unary((x) => tf.logicalNot(asBool(x))),
  neg: unary(tf.neg),
  onesLike: unary(tf.onesLike),
  reciprocal: unary(tf.reciprocal, 0.2, 3),
  relu: unary(tf.relu),
  relu6: unary((x) => tf.relu6(tf.mul(x, 3))),
  round: unary(tf.round),
  rsqrt: unary(tf.rsqrt, 0.2, 3),
  selu: unary(tf.selu),
  sigmoid: unary(tf.sigmoid),
  sign: unary(tf.sign),
  sin: unary(tf.sin),
  sinh: unary(tf.sinh),
  softplus: unary(tf.softplus),
  sqrt: unary(tf.sqrt, 0, 4),
  square: unary(tf.square),
  step: unary((x) => tf.step(x, 0.5)),
  tan: unary(tf.tan, -1, 1),
  tanh: unary(tf.tanh),
  zerosLike: unary(tf.zerosLike),
};

export const binaryOps: OpTable = {
  add: binary(tf.add),
  addN: (x) => shapes.map((shape) => tf.addN([x(shape), x(shape), tf.ones([...shape]), x(shape)])),
  atan2: binary(tf.atan2),
  bitwiseAnd: (x) => {
    const ints = (shape: readonly number[]) => tf.cast(x(shape, 0, 200), 'int32');
    return shapes.map((shape) => tf.bitwiseAnd(ints(shape), ints(shape)));
  },
  div: binary(tf.div, [-3, 3], [0.5, 3]),
  divNoNan: binary((a, b) => tf.divNoNan(a, tf.round(b))),
  equal: whole(tf.equal),
  // TensorFlow.js divides whole numbers
  floorDiv: binary((a, b) => tf.floorDiv(tf.round(a), tf.round(b)), [-9, 9], [1, 3]),
  greater: whole(tf.greater),
  greaterEqual: whole(tf.greaterEqual),
  less: whole(tf.less),
  lessEqual: whole(tf.lessEqual),
  logicalAnd: logical(tf.logicalAnd),
  logicalOr: logical(tf.logicalOr),
  logicalXor: logical(tf.logicalXor),
  maximum: binary(tf.maximum),
  minimum: binary(tf.minimum),
  mod: binary(tf.mod, [-9, 9], [0.5, 3]),
  mul: binary(tf.mul),
  notEqual: whole(tf.notEqual),
  pow: binary(tf.pow, [0.2, 3]),
  prelu: binary(tf.prelu),
  squaredDifference: binary(tf.squaredDifference),
  sub: binary(tf.sub),
  where: (x) => shapes.map((shape) => tf.where(tf.greater(x(shape), 0), x(shape), x(shape))),
};
