// Writes a layer's variables. TensorFlow.js applies a constraint when a variable is written through its layer, but not
// when an optimizer writes it. Keras does the opposite (https://keras.io/api/layers/constraints/), and so do these
// functions: the optimizer's writes are constrained, loaded weights are not. An optimizer of Keras that writes a variable
// several times in a step has it constrained once, at the end of the step.

import { cast, dispose, type Tensor, tidy, type Variable } from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import type { Constraint } from '../constraints/constraints.js';
import { sameShape } from './inputs.js';
import { KerasValueError, showValue } from './kerasValueError.js';

type Assign = (value: Tensor) => void;

const plainAssign = new WeakMap<Variable, Assign>();
const constrain = new WeakMap<Variable, () => void>();
let isInStep = false;

/** The variable behind a layer's weight. */
export function variableOf(weight: LayerVariable): Variable {
  return weight.read() as Variable;
}

/**
 * Lets a weight be freed twice: a layer that is called in a graph and stands in a wrapper too is freed by both, and
 * TensorFlow.js throws the second time.
 */
export function disposeOnce(weight: LayerVariable): LayerVariable {
  const variable = variableOf(weight);
  weight.dispose = () => {
    if (!variable.isDisposed) variable.dispose();
  };
  return weight;
}

/** Applies the constraint after each `variable.assign`, which optimizers use. */
export function constrainUpdates(weight: LayerVariable, constraint: Constraint): void {
  const variable = variableOf(weight);
  const assign: Assign = variable.assign.bind(variable);
  plainAssign.set(variable, assign);
  constrain.set(variable, () => tidy(() => assign(constraint.apply(variable))));
  variable.assign = (value) => {
    assign(value as Tensor);
    if (!isInStep) constrain.get(variable)?.();
  };
  // model.setWeights() and loading a tfjs file write through the weight.
  weight.write = (value) => {
    if (value.id !== variable.id) assign(value);
    return weight;
  };
}

/** Runs a step of an optimizer. Constraints are applied at its end, to each of its variables. */
export function constrainAfter(variables: readonly Variable[], step: () => void): void {
  withoutConstraints(step);
  for (const variable of variables) constrain.get(variable)?.();
}

/** Runs what sets variables to values that their constraints do not change: not at once, nor afterwards. */
export function withoutConstraints(run: () => void): void {
  isInStep = true;
  try {
    run();
  } finally {
    isInStep = false;
  }
}

/** Sets a variable to this value without its constraint. The caller keeps the tensor. */
export function assignUnconstrained(weight: LayerVariable, value: Tensor): void {
  const variable = variableOf(weight);
  const assign = plainAssign.get(variable) ?? variable.assign.bind(variable);
  if (value.dtype === variable.dtype) assign(value);
  else tidy(() => assign(cast(value, variable.dtype)));
}

/**
 * Sets variables to these values without their constraints. The values may be variables, also these themselves in another
 * order, as in `layer.setWeights(layer.getWeights().reverse())`: each is read before any is written.
 */
export function assignAllUnconstrained(weights: readonly LayerVariable[], values: readonly Tensor[]): void {
  const copies = values.map((value) => value.clone());
  try {
    weights.forEach((weight, i) => {
      assignUnconstrained(weight, copies[i]);
    });
  } finally {
    dispose(copies);
  }
}

/** @throws ValueError for values of other shapes than those of the weights of the layer with this name. */
export function checkShapes(name: string, weights: readonly LayerVariable[], values: readonly Tensor[]): void {
  const fits = values.length === weights.length && values.every((value, i) => sameShape(value.shape, weights[i].shape));
  if (fits) return;
  throw new KerasValueError(
    `Layer '${name}' expected weights of the shapes ${showValue(weights.map((w) => w.shape))}. Received: ${showValue(values.map((v) => v.shape))}`,
  );
}
