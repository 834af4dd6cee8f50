// Operations on integers bit by bit, and on their divisors: https://keras.io/api/ops/numpy/

import * as tf from '@tensorflow/tfjs-core';
import type { OpCall } from './opCall.js';
import { type OpRow, type OpTable, op } from './opRow.js';
import { zipIntegers } from './plainValues.js';

/** Throws ValueError for floats, which Keras refuses too. A trial has zeros of float32 for every input. */
function integer(call: OpCall, key: string): tf.Tensor {
  const x = call.tensor(key);
  if (x.dtype !== 'float32') return x;
  if (call.isTrial) return tf.cast(x, 'int32');
  throw call.wrong(key, 'of whole numbers or bools');
}

const ofTwo = (f: (a: number, b: number) => number, names = 'x y'): OpRow => {
  const [first, second] = names.split(' ');
  return {
    ...op(names, (call) => zipIntegers(integer(call, first), integer(call, second), f)),
    isElementwise: true,
  };
};

const invert: OpRow = {
  ...op('x', (call) => {
    const x = integer(call, 'x');
    return x.dtype === 'bool' ? tf.logicalNot(x) : tf.sub(tf.scalar(-1, 'int32'), x);
  }),
  isElementwise: true,
};

function gcd(a: number, b: number): number {
  return b === 0 ? Math.abs(a) : gcd(b, a % b);
}

const lcm = (a: number, b: number) => (a === 0 || b === 0 ? 0 : Math.abs(a / gcd(a, b)) * Math.abs(b));

// A shift by 32 or more leaves no bit; JavaScript would take the distance modulo 32.
const left = ofTwo((a, b) => (b > 31 ? 0 : a << b));
const right = ofTwo((a, b) => a >> Math.min(b, 31));

export const integerOps: OpTable = {
  BitwiseAnd: ofTwo((a, b) => a & b),
  BitwiseOr: ofTwo((a, b) => a | b),
  BitwiseXor: ofTwo((a, b) => a ^ b),
  BitwiseNot: invert,
  BitwiseInvert: invert,
  BitwiseLeftShift: left,
  LeftShift: left,
  BitwiseRightShift: right,
  RightShift: right,
  Gcd: ofTwo(gcd, 'x1 x2'),
  Lcm: ofTwo(lcm, 'x1 x2'),
};
