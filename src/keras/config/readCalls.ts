// inbound_nodes -> calls. Two forms: Keras 3 writes {args, kwargs} with tensors as __keras_tensor__ objects at any depth;
// Keras 2 writes lists [layer, node, tensor, kwargs], one per input, whose node numbers start at 1 for nested models.

import { isPlainObject, type Json, type KerasObject } from '../../core/json.js';
import { checkFile } from '../../formats/kerasFileError.js';
import type { CallSpec, LayerSpec, TensorRef } from './modelSpec.js';

export function readCalls(object: KerasObject, layers: readonly LayerSpec[], where: string): CallSpec[] {
  const nodes = object.inbound_nodes ?? [];
  checkFile(Array.isArray(nodes), where, 'inbound_nodes must be a list', { inbound_nodes: nodes });
  const list = nodes as readonly Json[];
  if (list.length === 0) return [];
  const isNew = isPlainObject(list[0]);
  const offsets = isNew ? null : oneBasedModels(layers);
  return list.map((node) => (isNew ? newCall(node, where) : oldCall(node, offsets as ReadonlySet<string>, where)));
}

function newCall(node: Json, where: string): CallSpec {
  checkFile(isPlainObject(node), where, 'a call must have args and kwargs', { inbound_node: node });
  const { args = [], kwargs = {} } = node as { args?: Json; kwargs?: Json };
  return { args: replaceTensors(args, where), kwargs: replaceTensors(kwargs, where) as Record<string, Json> };
}

/** Every __keras_tensor__ object becomes {"__ref__": ...}. */
function replaceTensors(value: Json, where: string): Json {
  if (Array.isArray(value)) return value.map((item) => replaceTensors(item, where));
  if (!isPlainObject(value)) return value;
  const { class_name: name, config } = value as Record<string, Json>;
  if (name === '__keras_tensor__') {
    const { keras_history: history, shape } = (isPlainObject(config) ? config : {}) as Record<string, Json>;
    const ref = readRef(history, where);
    return { __ref__: Array.isArray(shape) ? { ...ref, shape } : ref } as unknown as Json;
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaceTensors(item as Json, where)]));
}

function readRef(history: Json | undefined, where: string): TensorRef {
  const isTriple = Array.isArray(history) && history.length >= 3;
  checkFile(isTriple, where, 'a tensor must name its layer, call and output', { keras_history: history ?? null });
  const [layer, call, output] = history as readonly Json[];
  const isSound = typeof layer === 'string' && isCount(call) && isCount(output);
  checkFile(isSound, where, 'a tensor must name its layer, call and output', { keras_history: history });
  return { layer: layer as string, call: call as number, output: output as number };
}

function isCount(value: Json): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

/** Keras 2: a list of [layer, node, tensor, kwargs]; with one entry the layer gets the tensor, else the list of tensors. */
function oldCall(node: Json, oneBased: ReadonlySet<string>, where: string): CallSpec {
  checkFile(Array.isArray(node), where, 'a call must be a list of inputs', { inbound_node: node });
  // A call with a dictionary of tensors; the single triple of some writers is taken as one input.
  const items = (typeof (node as readonly Json[])[0] === 'string' ? [node] : node) as readonly Json[];
  const read = (item: Json): Json => {
    const list = item as readonly Json[];
    if (Array.isArray(item) && list[0] === '_CONSTANT_VALUE') return list[2];
    return { __ref__: shifted(readRef(item, where), oneBased) } as unknown as Json;
  };
  const tensors = items.map(read);
  const last = items.at(-1) as readonly Json[] | undefined;
  const kwargs = isPlainObject(last?.[3]) ? (last?.[3] as Record<string, Json>) : {};
  const named = Object.entries(kwargs).map(([key, value]) => [key, isTriple(value) ? read(value) : value]);
  return { args: tensors.length === 1 ? tensors : [tensors], kwargs: Object.fromEntries(named) };
}

function isTriple(value: Json): boolean {
  const list = value as readonly Json[];
  return (
    Array.isArray(value) && list.length === 3 && typeof list[0] === 'string' && isCount(list[1]) && isCount(list[2])
  );
}

function shifted(ref: TensorRef, oneBased: ReadonlySet<string>): TensorRef {
  return oneBased.has(ref.layer) && ref.call > 0 ? { ...ref, call: ref.call - 1 } : ref;
}

/**
 * Nested models of Keras 2 that begin with an input layer: being made was their call 0. If anything names that call, the
 * writer counted from 0 after all.
 */
export function oneBasedModels(layers: readonly LayerSpec[]): ReadonlySet<string> {
  const nested = layers.filter(({ model }) => model && (model.layers[0]?.kind === 'input' || model.inputShape));
  const names = new Set(nested.map(({ name }) => name));
  const forget = (value: Json): void => {
    if (!Array.isArray(value)) return;
    if (typeof value[0] === 'string' && value[1] === 0) names.delete(value[0]);
    else value.forEach(forget);
  };
  for (const { object } of layers) forget((object.inbound_nodes ?? []) as Json);
  return names;
}
