// What a layer knows of its symbolic calls: the tensors of the first one, and what another one would give.
// Source: https://keras.io/api/layers/base_layer/

import type { Tensor } from '@tensorflow/tfjs-core';
import { type layers, type Shape, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { isPlainObject } from '../../core/json.js';
import { KerasValueError, showValue } from './kerasValueError.js';
import { withoutAlias } from './tensorAlias.js';

export type SymbolicTensors = SymbolicTensor | SymbolicTensor[];

/** Keras's AttributeError: a member has no value yet. */
export class KerasAttributeError extends Error {
  override readonly name = 'AttributeError';
}

/** Whether these are symbolic tensors, and not values. */
export function isSymbolic(value: Tensor | Tensor[] | SymbolicTensors): value is SymbolicTensors {
  const first = Array.isArray(value) ? value[0] : value;
  return first !== undefined && !('dataId' in first);
}

/** @throws ValueError for a dictionary: a layer that takes one makes a list of it before. */
export function refuseDictionary(layer: layers.Layer, inputs: unknown): void {
  if (!isPlainObject(inputs)) return;
  throw new KerasValueError(
    `${layer.getClassName()} '${layer.name}' takes a tensor or a list of tensors, no dictionary. Received: keys=${showValue(Object.keys(inputs))}`,
  );
}

/**
 * The inputs or outputs of the first call, also after further calls, as in Keras.
 * @throws AttributeError if the layer has not been called with symbolic tensors.
 */
export function tensorsOfFirstCall(layer: layers.Layer, end: 'input' | 'output', first = 0): SymbolicTensors {
  const node = layer.inboundNodes[first] ?? layer.inboundNodes[0];
  if (!node) {
    throw new KerasAttributeError(`The layer ${layer.name} has never been called and thus has no defined ${end}.`);
  }
  return oneOrAll((end === 'input' ? node.inputTensors : node.outputTensors).map(withoutAlias));
}

/**
 * Makes `input` and `output` of a model those of its first call, which is the graph that it was made of.
 * @param skipsOwn Whether it is the first call from outside, if there is one: Keras 3 does not count a chain's own graph.
 */
export function showFirstCall(model: layers.Layer, skipsOwn = false): void {
  const first = skipsOwn ? 1 : 0;
  const get = (end: 'input' | 'output') => ({ get: () => tensorsOfFirstCall(model, end, first), configurable: true });
  Object.defineProperties(model, { input: get('input'), output: get('output') });
}

/** The outputs of a call with such inputs. They belong to no graph, and the layer stays as it is: not even built. */
export function outputsFor(layer: layers.Layer, inputs: SymbolicTensors): SymbolicTensors {
  const list = [inputs].flat();
  const shapes = list.map(({ shape }) => shape);
  const found = layer.computeOutputShape(Array.isArray(inputs) ? shapes : shapes[0]);
  const all = (Array.isArray(found[0]) ? found : [found]) as Shape[];
  return oneOrAll(all.map((shape, i) => new SymbolicTensor('float32', shape, layer, list, {}, undefined, i)));
}

function oneOrAll(tensors: SymbolicTensor[]): SymbolicTensors {
  return tensors.length === 1 ? tensors[0] : tensors;
}
