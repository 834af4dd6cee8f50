// Calls of layers with a dictionary of tensors. A graph and TensorFlow.js's executor know flat lists of tensors. The paths
// of the keys, in Keras's order, travel as `keys`, an option of the call.

import type { Tensor } from '@tensorflow/tfjs-core';
import type { layers, Shape, SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Json, JsonObject } from '../../core/json.js';
import {
  fillStructure,
  flattenTree,
  namesOf,
  type Structure,
  structureOf,
  type TensorTree,
} from '../../core/tensorTree.js';
import { isSymbolic } from '../base/calledTensors.js';
import type { Kwargs } from '../base/layerArgs.js';
import { callTemplateOf, rememberCall } from '../graph/callTemplates.js';

/** A layer that takes a dictionary: its call has the option `keys`. */
export interface DictionaryLayer extends layers.Layer {
  /** Throws ValueError if the layer cannot take a dictionary with these keys. */
  checkKeys(keys: readonly string[], training: boolean): void;
  /** The shapes of what the layer makes of tensors of these shapes. */
  shapesUnder(keys: readonly string[], shapes: readonly Shape[]): Shape[];
}

/** Whether a layer takes a dictionary. */
export function takesDictionary(layer: layers.Layer): layer is DictionaryLayer {
  return 'shapesUnder' in layer;
}

/**
 * Calls a layer with a dictionary, symbolically or not, and gives one with the same keys.
 * @param apply The layer's own `apply`, which takes a list and `keys`.
 */
export function applyToDictionary(
  layer: DictionaryLayer,
  inputs: object,
  kwargs: Kwargs | undefined,
  apply: (tensors: Tensor[], kwargs: Kwargs) => unknown,
): unknown {
  const tree = inputs as TensorTree<Tensor>;
  const structure = structureOf(tree);
  const tensors = flattenTree(tree);
  const keys = namesOf(structure, []);
  layer.checkKeys(keys, false);
  const outputs = [apply(tensors, { ...kwargs, keys })].flat();
  if (isSymbolic(tensors)) rememberStructure(layer, structure, tensors.length);
  return fillStructure(structure, outputs as (Tensor | SymbolicTensor)[]);
}

/** Files hold the dictionary itself in the place of `keys`. */
function rememberStructure(layer: layers.Layer, structure: Structure, count: number): void {
  const node = layer.inboundNodes[layer.inboundNodes.length - 1];
  const { kwargs, options } = callTemplateOf(node);
  const { keys: _, ...others } = kwargs as JsonObject;
  const marks = Array.from({ length: count }, (_, __input__): Json => ({ __input__ }));
  rememberCall(node, { args: [fillStructure(structure, marks) as Json], kwargs: others, options });
}

/** The paths of the keys of a call with so many tensors; undefined if it has no dictionary. */
export function keysOfCall(count: number, given: unknown): readonly string[] | undefined {
  return Array.isArray(given) && given.length === count ? (given as string[]) : undefined;
}
