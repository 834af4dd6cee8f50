// Checks of a layer's inputs, which Keras makes before each call, and small helpers for call().
// Source: https://keras.io/api/layers/base_layer/

import { cast, type Tensor } from '@tensorflow/tfjs-core';
import { InputSpec, type Shape, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { KerasValueError, showValue } from './kerasValueError.js';

/** Conditions on one input, as in Keras's InputSpec. An axis below zero counts from the end. Unknown sizes pass. */
export interface InputRule {
  readonly rank?: number;
  readonly minRank?: number;
  readonly axes?: Readonly<Record<number, number>>;
}

/** The rule in TensorFlow.js's form, which `layer.inputSpec` shows. */
export function inputSpecOf({ rank, minRank, axes }: InputRule): InputSpec {
  return new InputSpec({ ndim: rank, minNDim: minRank, axes: { ...axes } });
}

/** Whether two shapes are equal, unknown sizes included. */
export function sameShape(a: Shape, b: readonly (number | null)[]): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}

/** @throws ValueError if the input breaks the rule. */
export function checkInput(layerName: string, rule: InputRule, input: Tensor | SymbolicTensor, index = 0): void {
  const shape: Shape = input.shape;
  const { length } = shape;
  const fail = (expected: string): never => {
    throw new KerasValueError(
      `Input ${index} of layer "${layerName}" is incompatible with the layer: expected ${expected}. Full shape received: ${showValue(shape)}`,
    );
  };
  if (rule.rank !== undefined && length !== rule.rank) fail(`ndim=${rule.rank}, found ndim=${length}`);
  if (rule.minRank !== undefined && length < rule.minRank) fail(`min_ndim=${rule.minRank}, found ndim=${length}`);
  for (const [key, size] of Object.entries(rule.axes ?? {})) {
    const axis = Number(key);
    const found = shape[axis < 0 ? length + axis : axis];
    if (found != null && found !== size) {
      fail(`axis ${axis} of input shape to have value ${size}, but received input with shape ${showValue(shape)}`);
    }
  }
}

/** The input of a layer that has one input. */
export function only(inputs: Tensor | Tensor[]): Tensor {
  return Array.isArray(inputs) ? inputs[0] : inputs;
}

/** The input shape of a layer that has one input. */
export function onlyShape(shape: Shape | Shape[]): Shape {
  return Array.isArray(shape[0]) ? (shape[0] as Shape) : (shape as Shape);
}

/** The input in float32, in which layers compute. Pictures are often int32. */
export function floatInput(inputs: Tensor | Tensor[]): Tensor {
  const x = only(inputs);
  return x.dtype === 'float32' ? x : cast(x, 'float32');
}
