// AffineTransformConfig axes of tensors.

import * as tf from '@tensorflow/tfjs-core';

/** The tensor with its axes in this order; itself where that is the order already. */
export function permute(x: tf.Tensor, order: readonly number[]): tf.Tensor {
  return order.every((from, to) => from === to) ? x : tf.transpose(x, [...order]);
}

/** The tensor with an axis as the last one, and the way back for a result of the same rank. */
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

export function product(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all * size, 1);
}
