// Gradients of comparisons, which are zero. TensorFlow.js has them for GreaterEqual and none of its sisters, and fails where
// a condition of `where` was computed from what is trained: "gradient function not found for Greater".

import { getGradient, type Tensor, zeros } from '@tensorflow/tfjs-core';
import { replaceGradient } from './registry.js';

const inputsOf: Readonly<Record<string, readonly string[]>> = {
  Equal: ['a', 'b'],
  NotEqual: ['a', 'b'],
  Greater: ['a', 'b'],
  GreaterEqual: ['a', 'b'],
  Less: ['a', 'b'],
  LessEqual: ['a', 'b'],
  LogicalAnd: ['a', 'b'],
  LogicalOr: ['a', 'b'],
  LogicalNot: ['x'],
  All: ['x'],
  Any: ['x'],
};

let isDone = false;

/** Registers them, once. */
export function registerZeroGradients(): void {
  if (isDone) return;
  isDone = true;
  for (const [kernelName, names] of Object.entries(inputsOf)) {
    const gradFunc = (_: Tensor, saved: Tensor[]) =>
      Object.fromEntries(names.map((name, i) => [name, () => zeros(saved[i].shape)]));
    replaceGradient({ kernelName, inputsToSave: [...names], gradFunc }, getGradient(kernelName) !== undefined);
  }
}
