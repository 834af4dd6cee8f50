// Reads texts and integers out of tensors. Lookups run on the CPU on every backend: TensorFlow.js keeps texts there, and
// a table of texts has no place on a GPU.

import type { Tensor } from '@tensorflow/tfjs-core';
import { KerasValueError, showValue } from '../../base/kerasValueError.js';

/** The texts of a string tensor, in row-major order. @throws ValueError for other dtypes. */
export function textsOf(x: Tensor, where: string): readonly string[] {
  if (x.dtype !== 'string') {
    throw new KerasValueError(
      `${where}: Cast ${x.dtype} to string is not supported, the input must be a string tensor. Received: inputs of dtype ${x.dtype} and shape ${showValue(x.shape)}`,
    );
  }
  return x.dataSync<'string'>();
}

/** The numbers of a tensor, cut down to integers. @throws ValueError for a string tensor. */
export function integersOf(x: Tensor, where: string): number[] {
  return Array.from(numbersOf(x, where), Math.trunc);
}

/** The numbers of a tensor. @throws ValueError for a string tensor. */
export function numbersOf(x: Tensor, where: string): ArrayLike<number> {
  if (x.dtype === 'string') {
    throw new KerasValueError(
      `${where}: the input must be a tensor of numbers. Received: inputs of dtype string and shape ${showValue(x.shape)}`,
    );
  }
  return x.dataSync();
}

/**
 * The values as texts. Numbers are cut down to integers.
 */
export function asTexts(x: Tensor): readonly string[] {
  if (x.dtype === 'string') return x.dataSync<'string'>();
  return Array.from(x.dataSync(), (value) => String(Math.trunc(value) + 0));
}
