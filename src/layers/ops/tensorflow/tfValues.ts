// Reads arguments of TensorFlow's functions: shapes made of tensors, strides of four numbers, names in capitals.

import type * as tf from '@tensorflow/tfjs-core';
import { withUnknownSizes } from '../inferShapes.js';
import type { OpCall } from '../opCall.js';
import { asTensor, isTensor, type OpValue } from '../opValues.js';

/** A shape, of which tensors may tell sizes. In a trial those are unknown, and 1 stands for them. */
export interface Sizes {
  readonly sizes: number[];
  readonly unknown: readonly number[];
}

export function sizesOf(call: OpCall, key: string): Sizes {
  const value = call.raw(key);
  const isOne = isTensor(value) && value.rank === 0;
  const list: readonly OpValue[] = isTensor(value) && !isOne ? [...value.dataSync()] : ([value].flat() as OpValue[]);
  const unknown = list.flatMap((item, i) => (isTensor(item) || isTensor(value) ? [i] : []));
  const sizes = list.map((item) => Number(isTensor(item) ? item.dataSync()[0] : item));
  if (!sizes.every(Number.isInteger)) throw call.wrong(key, 'whole numbers');
  return call.isTrial
    ? { sizes: sizes.map((size, i) => (unknown.includes(i) ? 1 : size)), unknown }
    : { sizes, unknown: [] };
}

/** x, with the axes whose sizes a trial does not know marked. */
export function marked(x: tf.Tensor, { unknown }: Sizes): tf.Tensor {
  return unknown.length > 0 ? withUnknownSizes(x, unknown) : x;
}

/** Whole numbers that may stand in a tensor. */
export function integersOf(call: OpCall, key: string): number[] {
  return sizesOf(call, key).sizes;
}

/** A number that may stand in a tensor. */
export function numberOf(call: OpCall, key: string, missing: number): number {
  const value = call.raw(key);
  return value === null ? missing : Number(asTensor(value, call.where).dataSync()[0]);
}

/** A list of tensors, also where a call with one tensor has no list. */
export function tensorsOf(call: OpCall, key: string): tf.Tensor[] {
  const value = call.raw(key);
  return Array.isArray(value) ? (value as OpValue[]).map((item) => asTensor(item, call.where)) : [call.tensor(key)];
}

/** The axes, all where none are given. */
export function axesOf(call: OpCall, x: tf.Tensor, key = 'axis'): number[] {
  return call.axes(key, x.rank) ?? [...x.shape.keys()];
}
