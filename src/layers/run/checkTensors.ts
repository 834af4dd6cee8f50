// What a caller gives as tensors: TypeScript would refuse anything else, JavaScript runs it.

import { Tensor } from '@tensorflow/tfjs-core';
import { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { KerasValueError, showValue } from '../base/kerasValueError.js';

/** A tensor as it is shown in errors: that it is one, or the value. */
export function shownTensor(value: unknown): unknown {
  return value instanceof Tensor || value instanceof SymbolicTensor ? 'tensor' : (value ?? null);
}

interface Rules {
  /** The tensors of the graph that they are for, whose dtypes may be string or complex64. Default: numbers. */
  readonly symbols?: readonly { readonly dtype: string }[];
  /** Whether null may stand for a tensor. Default false. */
  readonly isOptional?: boolean;
}

/**
 * @param given What stands in the places of the tensors.
 * @param names The name of each.
 * @throws ValueError for what is no tensor, was disposed, or does not have numbers.
 */
export function checkTensors(
  where: string,
  given: readonly unknown[],
  names: readonly string[],
  { symbols = [], isOptional = false }: Rules,
): void {
  for (const [i, value] of given.entries()) {
    if (value instanceof SymbolicTensor || (isOptional && value === null)) continue;
    const must = problemOf(value, symbols[i]?.dtype);
    if (must) throw new KerasValueError(`${where}: '${names[i]}' must be ${must[0]}. Received: ${must[1]}`);
  }
}

function problemOf(value: unknown, dtype: string | undefined): readonly [must: string, received: string] | undefined {
  if (!(value instanceof Tensor)) return ['a tensor', showValue(value)];
  if (value.isDisposed) return ['a tensor that is not disposed', `a disposed one of shape ${showValue(value.shape)}`];
  const isOther = value.dtype === 'complex64' || value.dtype === 'string';
  return isOther && value.dtype !== dtype ? ['a tensor of numbers', `one of dtype ${value.dtype}`] : undefined;
}
