// Arguments of ops -> tensors that can be worked with, or an error that says which one is not.

import { Tensor, type TensorLike, tensor } from '@tensorflow/tfjs-core';
import { check } from '../core/errors.js';

/** A float32 tensor that is still there; nested arrays of numbers become one. Call it inside tf.tidy. */
export function toTensor(where: string, name: string, value: Tensor | TensorLike): Tensor {
  if (!(value instanceof Tensor)) return tensor(value, undefined, 'float32');
  check(!value.isDisposed, where, `${name} must not be disposed`, { [`${name}.isDisposed`]: true });
  check(value.dtype === 'float32', where, `${name} must be float32`, { [`${name}.dtype`]: value.dtype });
  return value;
}
