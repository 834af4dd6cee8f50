// Norms of matrices: https://keras.io/api/ops/linalg/

import * as tf from '@tensorflow/tfjs-core';
import { absOf, maxOf, minOf } from '../base/extremes.js';
import { singularValues } from './linalgTensors.js';
import type { OpCall } from './opCall.js';

/**
 * The norm over two axes: 1 and -1 the largest and smallest sum of a column, inf and -inf of a row, 2 and -2 the largest
 * and smallest singular value, 'nuc' their sum.
 */
export function matrixNorm(
  call: OpCall,
  given: tf.Tensor,
  axes: readonly [number, number],
  keepDims: boolean,
): tf.Tensor {
  const rest = [...given.shape.keys()].filter((axis) => !axes.includes(axis));
  const x = tf.transpose(given, [...rest, ...axes]);
  const y = normOfLast(call, x);
  if (!keepDims) return y;
  return tf.reshape(
    y,
    given.shape.map((size, axis) => (axes.includes(axis) ? 1 : size)),
  );
}

function normOfLast(call: OpCall, x: tf.Tensor): tf.Tensor {
  const ord = call.raw('ord');
  const sums = (axis: number) => tf.sum(absOf(x), axis);
  if (ord === 1) return maxOf(sums(-2), -1);
  if (ord === -1) return minOf(sums(-2), -1);
  if (ord === Number.POSITIVE_INFINITY || ord === 'inf') return maxOf(sums(-1), -1);
  if (ord === Number.NEGATIVE_INFINITY || ord === '-inf') return minOf(sums(-1), -1);
  if (ord === 2) return maxOf(singularValues(x), -1);
  if (ord === -2) return minOf(singularValues(x), -1);
  if (ord === 'nuc') return tf.sum(singularValues(x), -1);
  throw call.wrong('ord', "None, 'fro', 'nuc', 1, -1, 2, -2, inf or -inf for a matrix");
}
