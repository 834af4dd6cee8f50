// A model as data, the same for every version of Keras: what layers there are and which call feeds which.

import type { Json, KerasObject } from '../../core/json.js';

/** One output of one call of one layer, all within the same model. */
export interface TensorRef {
  readonly layer: string;
  /** Counts the calls inside of this model. */
  readonly call: number;
  readonly output: number;
  /** Of the tensor when the model was saved, with the batch dimension; Keras 3 writes it where a layer reads the tensor. */
  readonly shape?: readonly (number | null)[];
}

/** In `args` and `kwargs` a tensor is {"__ref__": TensorRef}. */
export interface CallSpec {
  readonly args: Json;
  readonly kwargs: Readonly<Record<string, Json>>;
}

export interface LayerSpec {
  readonly name: string;
  readonly kind: 'input' | 'layer' | 'op' | 'model';
  /** As in the file. */
  readonly object: KerasObject;
  /** Of a nested model. */
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
  /** Functional: with dictionaries in sorted order of their keys, as Keras flattens them. */
  readonly inputs: readonly TensorRef[];
  readonly outputs: readonly TensorRef[];
  /** Keys of inputs given as a dictionary, in the order of `inputs`. */
  readonly inputKeys?: readonly string[];
  /** Sequential: shape with batch dimension of the first layer's input, if no input layer says so. */
  readonly inputShape?: readonly (number | null)[];
}

export function isRef(value: unknown): value is { readonly __ref__: TensorRef } {
  return value !== null && typeof value === 'object' && '__ref__' in value;
}

/** All tensors of a call, positional ones first, in the order in which Keras flattens nested arguments. */
export function refsOf(value: Json): TensorRef[] {
  if (isRef(value)) return [value.__ref__];
  if (Array.isArray(value)) return value.flatMap(refsOf);
  if (value === null || typeof value !== 'object') return [];
  const entries = Object.entries(value as Record<string, Json>).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.flatMap(([, item]) => refsOf(item));
}
