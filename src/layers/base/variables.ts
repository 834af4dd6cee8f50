// Writing a layer's variables. TensorFlow.js applies a constraint whenever a variable is written through its layer and never
// when an optimizer writes it; Keras does it the other way round (https://keras.io/api/layers/constraints/). Here the
// optimizer's write is the one that constrains, and loading weights keeps them as they are.

import { cast, type Tensor, tidy, type Variable } from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import type { Constraint } from '../constraints/constraints.js';

type Assign = (value: Tensor) => void;

const plainAssign = new WeakMap<Variable, Assign>();

/** The variable behind a layer's weight. */
export function variableOf(weight: LayerVariable): Variable {
  return weight.read() as Variable;
}

/** From now on whatever assigns to the variable, as optimizers do, leaves it constrained. */
export function constrainUpdates(weight: LayerVariable, constraint: Constraint): void {
  const variable = variableOf(weight);
  const assign: Assign = variable.assign.bind(variable);
  plainAssign.set(variable, assign);
  variable.assign = (value) => {
    assign(value as Tensor);
    tidy(() => assign(constraint.apply(variable)));
  };
  // model.setWeights() and loading a tfjs file write through the weight.
  weight.write = (value) => {
    if (value.id !== variable.id) assign(value);
    return weight;
  };
}

/** Sets a variable to exactly this value; the caller keeps the tensor. */
export function assignUnconstrained(weight: LayerVariable, value: Tensor): void {
  const variable = variableOf(weight);
  const assign = plainAssign.get(variable) ?? variable.assign.bind(variable);
  if (value.dtype === variable.dtype) assign(value);
  else tidy(() => assign(cast(value, variable.dtype)));
}
