// Operations that create or convert tensors: casts, constants, one-hot encodings (keras.ops.core, parts of numpy and
// nn).
// Source: https://keras.io/api/ops/core/

import * as tf from '@tensorflow/tfjs-core';
import { isPlainObject } from '../../core/json.js';
import type { OpCall } from './opCall.js';
import { type OpTable, op, unary } from './opRow.js';
import { castTo, float, numeric, type OpValue, promote } from './opValues.js';

/** The argument dtype, given by name or as a dtype policy; null if there is none. */
function dtypeName(call: OpCall): string | null {
  const value: OpValue = call.raw('dtype');
  const config = isPlainObject(value) ? (value.config as Readonly<Record<string, OpValue>> | undefined) : undefined;
  const name = config ? (config.name ?? null) : value;
  if (name === null || typeof name === 'string') return name;
  throw call.wrong('dtype', 'the name of a dtype');
}

/** x in the dtype that the argument names, if it does. */
export function castName(call: OpCall, x: tf.Tensor): tf.Tensor {
  const name = dtypeName(call);
  return name === null ? x : castTo(x, name, call.where);
}

/** The smallest and largest value of an integer dtype; null for other dtypes. */
const limits = (name: string): readonly [number, number] | null => {
  const match = /^(u?)int(8|16|32)$/.exec(name);
  if (!match) return null;
  const count = 2 ** Number(match[2]);
  return match[1] ? [0, count - 1] : [-count / 2, count / 2 - 1];
};

const saturateCast = op('x dtype', (call) => {
  const x = call.tensor('x');
  const range = limits(dtypeName(call) ?? '');
  return castName(call, range && x.dtype === 'float32' ? tf.clipByValue(x, ...range) : x).clone();
});

/** The identity with a zero gradient. */
export const stopGradient = tf.customGrad((x) => ({
  value: (x as tf.Tensor).clone(),
  gradFunc: (dy: tf.Tensor) => tf.zerosLike(dy),
})) as (x: tf.Tensor) => tf.Tensor;

/** Codes of the labels x along a new axis. */
function oneHotCodes(call: OpCall, x: tf.Tensor, depth: number): tf.Tensor {
  const codes = float(tf.oneHot(x, depth));
  const axis = call.axis('axis', x.rank + 1, -1);
  const order = [...x.shape.keys()];
  order.splice(axis, 0, x.rank);
  return axis === x.rank ? codes : tf.transpose(codes, order);
}

const oneHot = op('x num_classes axis dtype sparse', (call) => {
  const x = tf.cast(numeric(call.tensor('x')), 'int32');
  return castName(call, oneHotCodes(call, x, call.integer('num_classes'))).clone();
});

const multiHot = op('inputs num_classes axis dtype sparse', (call) => {
  const x = tf.cast(numeric(call.tensor('inputs')), 'int32');
  const codes = oneHotCodes(call, x, call.integer(call.has('num_classes') ? 'num_classes' : 'num_tokens'));
  // Keras joins the codes over the second axis, wherever the labels of an example lie.
  return castName(call, tf.max(codes, x.rank > 1 ? 1 : 0)).clone();
});

const fullLike = op('x fill_value dtype', (call) => {
  const x = call.tensor('x');
  const [, value] = promote([x, call.tensor('fill_value')]);
  const filled = tf.broadcastTo(value, x.shape);
  return dtypeName(call) ? castName(call, filled).clone() : tf.cast(filled, x.dtype);
});

const full = op('shape fill_value dtype', (call) => {
  const value = castName(call, call.tensor('fill_value'));
  return tf.broadcastTo(value, call.integers('shape'));
});

export const creationOps: OpTable = {
  Cast: {
    ...unary((x) => x),
    names: ['x', 'dtype'],
    givesItself: true,
    run: (call) => castName(call, call.tensor('x')).clone(),
  },
  SaturateCast: saturateCast,
  ConvertToTensor: { ...op('x dtype sparse', (call) => castName(call, call.tensor('x')).clone()), givesItself: true },
  Array: { ...op('x dtype', (call) => castName(call, call.tensor('x')).clone()), givesItself: true },
  StopGradient: { ...unary(stopGradient), names: ['variable'], run: (call) => stopGradient(call.tensor('variable')) },
  OnesLike: op('x dtype', (call) => castName(call, tf.onesLike(call.tensor('x')))),
  ZerosLike: op('x dtype', (call) => castName(call, tf.zerosLike(call.tensor('x')))),
  FullLike: fullLike,
  Full: full,
  OneHot: oneHot,
  MultiHot: multiHot,
};
