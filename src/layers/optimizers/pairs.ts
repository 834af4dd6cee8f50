// Variables with their gradients, from what TensorFlow.js hands to optimizers.

import { engine, type NamedTensorMap, type Optimizer, type Tensor, type Variable } from '@tensorflow/tfjs-core';

/** TensorFlow.js's type, which it does not export. */
export type NamedTensor = Parameters<Optimizer['setWeights']>[0][number];

/** A variable with its gradient. */
export interface Pair {
  readonly variable: Variable;
  readonly gradient: Tensor;
}

/** The variables of TensorFlow.js's map of gradients; those without a gradient are left out. */
export function pairsOf(given: NamedTensorMap | NamedTensor[]): Pair[] {
  const entries = Array.isArray(given)
    ? given.map(({ name, tensor }) => [name, tensor] as const)
    : Object.entries(given);
  return entries.flatMap(([name, gradient]) => {
    const variable = engine().registeredVariables[name];
    if (!variable) throw new Error(`applyGradients: every gradient needs a variable; received name='${name}'`);
    return gradient ? [{ variable, gradient }] : [];
  });
}
