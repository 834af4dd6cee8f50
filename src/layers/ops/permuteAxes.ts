// Transposition of tensors for operations along an axis.

import * as tf from '@tensorflow/tfjs-core';

/** Transposes a tensor; returns it unchanged if its axes already have this order. */
export function permute(x: tf.Tensor, order: readonly number[]): tf.Tensor {
  return order.every((from, to) => from === to) ? x : tf.transpose(x, [...order]);
}

/** Moves an axis to the end. `back` undoes this for a result of the same rank. */
export function moveToLast(x: tf.Tensor, axis: number) {
  const last = x.rank - 1;
  const order = [...x.shape.keys()].filter((i) => i !== axis).concat(axis);
  const inverse = order.map((_, i) => order.indexOf(i));
  const isLast = axis === last;
  return {
    moved: isLast ? x : tf.transpose(x, order),
    back: (y: tf.Tensor) => (isLast ? y : tf.transpose(y, inverse)),
  };
}

/** The product of the sizes; 1 for none. */
export function product(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all * size, 1);
}
