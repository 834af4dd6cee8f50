// Data of models with vectors: inputs or outputs of rank 1, one number an example. TensorFlow.js makes columns of vectors
// before it checks and runs a model, so that such a model refuses its own data. Keras does not.

import type { Tensor } from '@tensorflow/tfjs-core';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { KerasValueError, showValue } from '../base/kerasValueError.js';

/** Whether one of these tensors of a model has no axis but that of the batch. */
export function holdVectors(symbols: readonly SymbolicTensor[]): boolean {
  return symbols.some(({ shape }) => shape.length === 1);
}

/**
 * Checks data against the tensors of the model, as it is.
 * @param what 'input' or 'target', for the message.
 * @throws ValueError for another number of tensors, rank or size, and for different numbers of examples.
 */
export function checkData(
  where: string,
  what: string,
  data: readonly Tensor[],
  symbols: readonly SymbolicTensor[],
): void {
  if (data.length !== symbols.length)
    throw new KerasValueError(`${where} expects ${symbols.length} ${what} tensors. Received: ${data.length}`);
  const free = symbols.findIndex(({ shape }) => shape[0] === null);
  const count = data[free]?.shape[0] ?? null; // tensors of a fixed number of examples may differ from it
  symbols.forEach(({ shape: [size, ...others] }, i) => {
    const found = data[i].shape;
    const expected = [size ?? count, ...others];
    if (found.length === expected.length && expected.every((n, axis) => n === null || n === found[axis])) return;
    throw new KerasValueError(
      `${where}: ${what} ${i} must have the shape ${showValue(expected)}. Received: shape=${showValue(found)}`,
    );
  });
}
