// A model as data, the same for every version of Keras: its layers, and the calls that connect them.

import {
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonArray,
  type JsonObject,
  type KerasObject,
} from '../../core/json.js';
import type { Structure } from '../../core/tensorTree.js';
import type { MasksByPosition } from '../../layers/graph/callTemplates.js';

/** One output of one call of one layer of the same model. */
// A type, not an interface: TypeScript takes only a type for a JsonObject.
export type TensorRef = {
  readonly layer: string;
  /** Counts the calls inside of this model. */
  readonly call: number;
  readonly output: number;
  /**
   * The tensor's shape when the model was saved, with the batch dimension, as the file says it. Keras 3 writes it where
   * a layer reads the tensor.
   */
  readonly shape?: JsonArray;
};

/** Stands for a tensor in `args` and `kwargs`. */
export type TensorMark = { readonly __ref__: TensorRef };

/** The arguments of a call. Each tensor is a TensorMark. */
export interface CallSpec {
  readonly args: Json;
  readonly kwargs: JsonObject;
  /** Which of `kwargs` stood by position in the file. */
  readonly byPosition?: MasksByPosition;
}

export interface LayerSpec {
  readonly name: string;
  readonly kind: 'input' | 'layer' | 'op' | 'model';
  /** The layer as the file has it. */
  readonly object: KerasObject;
  /** The spec of a nested model. */
  readonly model?: ModelSpec;
  readonly calls: readonly CallSpec[];
}

export interface ModelSpec {
  readonly kind: 'Sequential' | 'Functional';
  readonly name: string;
  readonly trainable: boolean;
  readonly object: KerasObject;
  /** In the order of the file, which is Keras's own order of the graph. */
  readonly layers: readonly LayerSpec[];
  /** Functional models: flat. Dictionaries are flattened in the order of their sorted keys, as Keras does. */
  readonly inputs: readonly TensorRef[];
  readonly outputs: readonly TensorRef[];
  /** How the user nested them: a tree with positions in `inputs` and `outputs`. */
  readonly inputStructure: Structure;
  readonly outputStructure: Structure;
  /** Sequential models: the shape of the first layer's input with the batch dimension, unless an input layer has it. */
  readonly inputShape?: readonly (number | null)[];
}

/** Whether the value stands for a tensor. */
export function isRef(value: Json | undefined): value is TensorMark {
  return isJsonObject(value) && '__ref__' in value;
}

/** All tensors within an argument, in the order in which Keras flattens it. */
export function refsOf(value: Json): TensorRef[] {
  if (isRef(value)) return [value.__ref__];
  if (isJsonArray(value)) return value.flatMap(refsOf);
  if (!isJsonObject(value)) return [];
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.flatMap(([, item]) => refsOf(item));
}
