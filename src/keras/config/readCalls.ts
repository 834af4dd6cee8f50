// `inbound_nodes` of a layer -> CallSpecs. Keras 3 writes {args, kwargs}, with tensors as __keras_tensor__ objects at
// any depth. Keras 2 writes a list [layer, node, tensor, kwargs] for each input; it counts the nodes of nested models
// from 1.

import { isJsonArray, isJsonObject, type Json, type JsonObject, type KerasObject } from '../../core/json.js';
import { checkFile } from '../../formats/kerasFileError.js';
import type { CallSpec, LayerSpec, TensorRef } from './modelSpec.js';
import { nameArguments } from './nameArguments.js';
import { isTfOp } from './tfOps.js';

/** The calls of a layer. @param oneBased As `oneBasedModels` gives it for all layers of the model. */
export function readCalls(object: KerasObject, oneBased: ReadonlySet<string>, where: string): CallSpec[] {
  const nodes = object.inbound_nodes ?? [];
  checkFile(isJsonArray(nodes), where, 'inbound_nodes must be a list', { inbound_nodes: nodes });
  if (nodes.length === 0) return [];
  if (isKeras3Call(nodes[0])) return nodes.map((node) => nameArguments(readKeras3Call(node, where), object));
  return nodes.map((node) => readKeras2Call(node, { oneBased, where, keepsLists: isTfOp(object) }));
}

/** Whether a call is one of Keras 3. In Keras 2 a model may be called with a dictionary, and a key of it may be `args`. */
export function isKeras3Call(node: Json): boolean {
  if (!isJsonObject(node) || node.args === undefined) return false;
  const isReference = isJsonArray(node.args) && typeof node.args[0] === 'string' && isCount(node.args[1]);
  return !isReference;
}

interface Keras2Calls {
  readonly oneBased: ReadonlySet<string>;
  readonly where: string;
  /** Whether a list of one tensor is a list, and a tensor alone stands without one: in calls of TensorFlow's functions. */
  readonly keepsLists: boolean;
}

function readKeras3Call(node: Json, where: string): CallSpec {
  checkFile(isJsonObject(node), where, 'a call must have args and kwargs', { inbound_node: node });
  const { args = [], kwargs = {} } = node;
  return { args: replaceTensors(args, where), kwargs: replaceTensors(kwargs, where) as JsonObject };
}

/** Every __keras_tensor__ object becomes {"__ref__": ...}. */
function replaceTensors(value: Json, where: string): Json {
  if (isJsonArray(value)) return value.map((item) => replaceTensors(item, where));
  if (!isJsonObject(value)) return value;
  if (value.class_name === '__keras_tensor__') {
    const { keras_history: history, shape } = isJsonObject(value.config) ? value.config : {};
    const ref = readRef(history, where);
    return { __ref__: isJsonArray(shape) ? { ...ref, shape } : ref };
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaceTensors(item, where)]));
}

function readRef(history: Json | undefined, where: string): TensorRef {
  const rule = 'a tensor must name its layer, call and output';
  checkFile(isJsonArray(history) && history.length >= 3, where, rule, { keras_history: history ?? null });
  const [layer, call, output] = history;
  const isSound = typeof layer === 'string' && isCount(call) && isCount(output);
  checkFile(isSound, where, rule, { keras_history: history });
  return { layer, call, output };
}

function isCount(value: Json): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

/**
 * Keras 2: a list of [layer, node, tensor, kwargs], or a dictionary of them. A layer with one entry gets the tensor, any other
 * the list or the dictionary of tensors.
 */
function readKeras2Call(node: Json, { oneBased, where, keepsLists }: Keras2Calls): CallSpec {
  const isTree = isJsonArray(node) || isJsonObject(node);
  checkFile(isTree, where, 'a call must be a list or a dictionary of inputs', { inbound_node: node });
  const read = (item: Json): Json => {
    if (isJsonObject(item)) return mapValues(item, read);
    // A list within the list of tensors, as tf.concat([shape, [2]], 0) has it.
    if (isJsonArray(item) && item.length > 0 && typeof item[0] !== 'string') return item.map(read);
    if (isJsonArray(item) && item[0] === '_CONSTANT_VALUE') return item[2];
    return { __ref__: zeroBased(readRef(item, where), oneBased) };
  };
  const kwargs = kwargsOf(node);
  const readTriples = (value: Json): Json => {
    if (isTriple(value)) return read(value);
    if (isJsonArray(value)) return value.map(readTriples);
    return isJsonObject(value) ? mapValues(value, readTriples) : value;
  };
  const named = mapValues(kwargs, readTriples);
  if (isJsonObject(node)) return { args: [read(node)], kwargs: named };
  // The single triple of some writers is taken as one input.
  const tensors = (typeof node[0] === 'string' ? [node] : (node as readonly Json[])).map(read);
  const isAlone = tensors.length === 1 && !(keepsLists && isJsonArray(node[0]));
  return { args: isAlone ? tensors : [tensors], kwargs: named };
}

function mapValues(object: JsonObject, f: (value: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, f(value)]));
}

/** The keyword arguments of a call, which every tensor of it repeats. */
function kwargsOf(node: Json): JsonObject {
  if (isJsonObject(node)) return kwargsOf(Object.values(node));
  if (!isJsonArray(node)) return {};
  if (typeof node[0] !== 'string') return node.length > 0 ? kwargsOf(node[node.length - 1]) : {};
  return isJsonObject(node[3]) ? node[3] : {};
}

function isTriple(value: Json): boolean {
  return (
    isJsonArray(value) && value.length === 3 && typeof value[0] === 'string' && isCount(value[1]) && isCount(value[2])
  );
}

/** The reference with calls counted from 0. */
export function zeroBased(ref: TensorRef, oneBased: ReadonlySet<string>): TensorRef {
  return oneBased.has(ref.layer) && ref.call > 0 ? { ...ref, call: ref.call - 1 } : ref;
}

/**
 * Names the nested models of Keras 2 whose calls are counted from 1: those that begin with an input layer, since their
 * creation was call 0. Where any node names call 0, the writer counted from 0 after all.
 */
export function oneBasedModels(layers: readonly LayerSpec[]): ReadonlySet<string> {
  const nested = layers.filter(({ model }) => model && (model.layers[0]?.kind === 'input' || model.inputShape));
  const names = new Set(nested.map(({ name }) => name));
  const removeNamed = (value: Json): void => {
    if (isJsonObject(value)) Object.values(value).forEach(removeNamed);
    if (!isJsonArray(value)) return;
    if (typeof value[0] === 'string' && value[1] === 0) names.delete(value[0]);
    else value.forEach(removeNamed);
  };
  for (const { object } of layers) removeNamed(object.inbound_nodes ?? []);
  return names;
}
