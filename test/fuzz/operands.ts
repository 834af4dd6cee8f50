// How a case's tensors come about: uploaded, or computed on the device, as most tensors of a network are. An engine may
// keep each in another form, and with other values beyond its end.

import * as tf from '@tensorflow/tfjs';
import type { Draw } from './draw.js';

/** `convolved`: the result of a convolution, which the WebGL2 engine defers and keeps in its own layout. */
type Origin = 'uploaded' | 'computed' | 'convolved';

type Dtype = 'float32' | 'int32' | 'bool';

/**
 * Makes the i-th tensor of a case. Its values are the given ones, whatever its origin.
 *
 * @param dtype Default: float32.
 */
export type Give = (i: number, values: Float32Array, shape: readonly number[], dtype?: Dtype) => tf.Tensor;

let replace = (operand: tf.Tensor): tf.Tensor => operand;

/** Runs work with `by(operand)` in place of each operand that is uploaded. */
export function replaceOperands<T>(by: (operand: tf.Tensor) => tf.Tensor, work: () => T): T {
  const before = replace;
  replace = by;
  try {
    return work();
  } finally {
    replace = before;
  }
}

/** Operands whose origins are drawn now. */
export function drawGive(draw: Draw): Give {
  const origins = Array.from({ length: 5 }, () => drawOrigin(draw));
  return (i, values, shape, dtype = 'float32') => {
    const uploaded = replace(tf.tensor(values, [...shape], dtype));
    if (origins[i] === 'uploaded' || dtype === 'bool') return uploaded;
    if (origins[i] === 'convolved' && isImage(values, shape, dtype)) return convolved(uploaded);
    return tf.mul(uploaded, tf.scalar(1, dtype));
  };
}

/** Seldom `computed`: TensorFlow.js compiles a WebGL program for each shape, which takes a tenth of a second. */
function drawOrigin(draw: Draw): Origin {
  return draw.chance(0.1) ? 'computed' : draw.pick(['uploaded', 'convolved']);
}

/** A sum loses the sign of a zero. */
function isImage(values: Float32Array, shape: readonly number[], dtype: Dtype): boolean {
  return dtype === 'float32' && shape.length >= 1 && shape.length <= 4 && !values.some((value) => Object.is(value, -0));
}

/** A depthwise convolution that multiplies each value by 1. */
function convolved(x: tf.Tensor): tf.Tensor {
  const shape4D = [...Array<number>(4 - x.rank).fill(1), ...x.shape] as [number, number, number, number];
  const ones = tf.ones([1, 1, shape4D[3], 1]) as tf.Tensor4D;
  return tf.reshape(tf.depthwiseConv2d(tf.reshape(x, shape4D) as tf.Tensor4D, ones, 1, 'valid'), x.shape);
}
