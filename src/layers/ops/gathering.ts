// Gathers along an axis whose indices are no part of the gradient. TensorFlow.js asks for the gradient of indices that were
// computed from a trained tensor, as sorting does, and fails. The gradient is scattered, which every backend can do.

import * as tf from '@tensorflow/tfjs-core';
import { permute, product } from './permuteAxes.js';

/** tf.gather with int32 indices of any rank. */
export function gatherAt(x: tf.Tensor, indices: tf.Tensor, axis = 0): tf.Tensor {
  if (x.dtype !== 'float32') return tf.gather(x, indices, axis);
  const { shape } = x;
  const op = tf.customGrad((given, save) => {
    (save as (kept: tf.Tensor[]) => void)([indices]);
    const gradFunc = (dy: tf.Tensor, [at]: tf.Tensor[]) => scatterAt(dy, at, shape, axis);
    return { value: tf.gather(given as tf.Tensor, indices, axis), gradFunc };
  });
  return op(x);
}

/** Adds the parts of dy at the indices along an axis of a tensor of zeros. */
function scatterAt(dy: tf.Tensor, indices: tf.Tensor, shape: readonly number[], axis: number): tf.Tensor {
  if (dy.size === 0) return tf.zeros([...shape]);
  const outer = product(shape.slice(0, axis));
  const inner = product(shape.slice(axis + 1));
  const rows = tf.reshape(permute(tf.reshape(dy, [outer, indices.size, inner]), [1, 0, 2]), [
    indices.size,
    outer * inner,
  ]);
  const sums = tf.scatterND(tf.reshape(indices, [-1, 1]), rows, [shape[axis], outer * inner]);
  return tf.reshape(permute(tf.reshape(sums, [shape[axis], outer, inner]), [1, 0, 2]), [...shape]);
}
