// unstack() and split() of TensorFlow.js whose gradients also work for a single part: there TensorFlow.js hands its gradient
// function a tensor where that expects a list, and throws.

import { clone, split as splitMany, squeeze, type Tensor, unstack as unstackMany } from '@tensorflow/tfjs-core';

/** The tensors along an axis, without it. */
export function unstack(x: Tensor, axis = 0): Tensor[] {
  return x.shape.at(axis) === 1 ? [squeeze(x, [axis < 0 ? axis + x.rank : axis])] : unstackMany(x, axis);
}

/** Parts along an axis: so many equal ones, or of these sizes. */
export function split(x: Tensor, parts: number | readonly number[], axis = 0): Tensor[] {
  const count = typeof parts === 'number' ? parts : parts.length;
  return count === 1 ? [clone(x)] : splitMany(x, parts as number | number[], axis);
}
