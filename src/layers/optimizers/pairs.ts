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
  const { registeredVariables } = engine();
  const pairs: Pair[] = [];
  const add = (name: string, gradient: Tensor | null) => {
    const variable = registeredVariables[name];
    if (!variable) throw new Error(`applyGradients: every gradient needs a variable; received name='${name}'`);
    if (gradient) pairs.push({ variable, gradient });
  };
  if (Array.isArray(given)) for (const { name, tensor } of given) add(name, tensor);
  else for (const name of Object.keys(given)) add(name, given[name]);
  return pairs;
}
