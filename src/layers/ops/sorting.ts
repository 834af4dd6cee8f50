// Sorting and picking along the last axis, with gradients. tf.topk has none, so the values are gathered by its indices.

import * as tf from '@tensorflow/tfjs-core';
import { gatherAt } from './gathering.js';
import { product } from './permuteAxes.js';

/** Gathers along the last axis of x with int32 indices of the shape [...x.shape[:-1], count]. */
export function pickLast(x: tf.Tensor, indices: tf.Tensor): tf.Tensor {
  const size = x.shape[x.rank - 1];
  const rows = product(x.shape.slice(0, -1));
  const count = indices.shape[indices.rank - 1];
  const starts = tf.mul(tf.range(0, rows, 1, 'int32'), tf.scalar(size, 'int32'));
  const flat = tf.add(tf.reshape(indices, [rows, count]), tf.reshape(starts, [rows, 1]));
  return tf.reshape(gatherAt(tf.reshape(x, [-1]), tf.reshape(flat, [-1]) as tf.Tensor1D), indices.shape);
}

/** The order of a stable ascending sort along the last axis. NaN must have been replaced. */
export function ascendingOrder(x: tf.Tensor): tf.Tensor {
  return tf.topk(tf.neg(x), x.shape[x.rank - 1], true).indices;
}

/** The k largest values along the last axis, and their indices. */
export function largest(x: tf.Tensor, k: number): [values: tf.Tensor, indices: tf.Tensor] {
  const { indices } = tf.topk(x, k, true);
  return [pickLast(x, indices), indices];
}

/** Moves the axes to the end and merges them into one. */
export function mergeAxes(x: tf.Tensor, axes: readonly number[]): tf.Tensor {
  const kept = [...x.shape.keys()].filter((axis) => !axes.includes(axis));
  const moved = tf.transpose(x, [...kept, ...axes]);
  return tf.reshape(moved, [...kept.map((axis) => x.shape[axis]), product(axes.map((axis) => x.shape[axis]))]);
}
