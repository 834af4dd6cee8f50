// A call of a layer that has its weights, with tensors. tf.layers.Layer.apply() makes closures and lists for each call, which
// cost a small layer as much as its kernel; what is left to do once a layer is built is here.

import { clone, type Tensor } from '@tensorflow/tfjs-core';
import type { Kwargs } from './layerArgs.js';

type Tensors = Tensor | Tensor[];

/** The methods of tf.layers.Layer that apply() calls. */
interface Built {
  assertNotDisposed(): void;
  assertInputCompatibility(inputs: Tensors): void;
  call(inputs: Tensors, kwargs: Kwargs): Tensors;
}

/** Whether each is a tensor with values, and none is symbolic: what apply() checks. */
export function areTensors(inputs: unknown): inputs is Tensors {
  return Array.isArray(inputs) ? inputs.every(hasData) : hasData(inputs);
}

function hasData(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'dataId' in value;
}

/**
 * The outputs of a built layer: a tensor, or a list of two and more. An output that is an input is another tensor of the
 * same data, so that who disposes of one keeps the other.
 *
 * @throws Error for a layer that has been disposed of, and what the layer says of inputs that do not fit.
 */
export function callBuilt(layer: object, inputs: Tensors, kwargs: Kwargs): Tensors {
  const built = layer as Built;
  built.assertNotDisposed();
  built.assertInputCompatibility(inputs);
  const made = built.call(inputs, kwargs);
  if (!Array.isArray(made)) return isAmong(made, inputs) ? clone(made) : made;
  const outputs = made.map((output) => (isAmong(output, inputs) ? clone(output) : output));
  return outputs.length === 1 ? outputs[0] : outputs;
}

function isAmong(output: Tensor, inputs: Tensors): boolean {
  return Array.isArray(inputs) ? inputs.includes(output) : inputs === output;
}
