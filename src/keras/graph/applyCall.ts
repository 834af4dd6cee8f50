// Applies a layer to the tensors of one call of a graph, in the layer's order, and gives the tensors that come out.

import type { layers, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../core/json.js';
import { flattenTree, namesOf, structureOf, type TensorTree } from '../../core/tensorTree.js';
import { checkFile } from '../../formats/kerasFileError.js';
import { checkTensorSize } from '../../layers/base/loadLimits.js';
import { TensorAlias } from '../../layers/base/tensorAlias.js';
import { addInput } from '../../layers/graph/addInput.js';
import { type CallTemplate, rememberCall } from '../../layers/graph/callTemplates.js';
import { maskArguments } from '../../layers/graph/maskArguments.js';
import { arrangeTensors, type Slots } from '../../layers/run/arrangeTensors.js';
import { modelStructure } from '../../layers/run/models.js';
import { type CallSpec, isRef, type LayerSpec, refsOf, type TensorMark, type TensorRef } from '../config/modelSpec.js';
import { layerError } from './layerError.js';

type Layer = layers.Layer;

/** What a layer class may declare about its call: the names of its tensor arguments, in order, and of the others. */
interface CallSignature {
  readonly inputNames?: readonly string[];
  readonly callOptions?: readonly string[];
}

/** Arguments that the layer does not hold: what runs the graph (run/) passes them to each call. */
const ignoredOptions = new Set(['training', 'name', ...maskArguments]);

/** The tensors of a call: the positional ones, then those of keywords, in the order of the keywords' names. */
export function tensorsOf({ args, kwargs }: CallSpec): TensorRef[] {
  return [...refsOf(args), ...refsOf(kwargs)];
}

/** The call with each tensor replaced by its index in `refs`, which must hold the call's own TensorRef objects. */
export function callTemplate(call: CallSpec, refs: readonly TensorRef[]): CallTemplate {
  const indices = new Map([...refs.entries()].reverse().map(([i, ref]) => [ref, i])); // of the first of equal ones
  const mark = (value: Json): Json => {
    if (isRef(value)) return { __input__: indices.get(value.__ref__) ?? -1 };
    if (isJsonArray(value)) return value.map(mark);
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mark(item)]));
  };
  const { byPosition } = call;
  return { args: mark(call.args), kwargs: mark(call.kwargs), ...(byPosition && { byPosition }) };
}

export interface CallInGraph {
  readonly spec: LayerSpec;
  readonly layer: Layer;
  readonly call: CallSpec;
  readonly resolve: (ref: TensorRef) => SymbolicTensor;
}

/** Calls the layer and gives the outputs of the call, flat. */
export function applyCall({ spec, layer, call: written, resolve }: CallInGraph): SymbolicTensor[] {
  const where = `layer '${spec.name}' (${spec.object.class_name})`;
  const { inputNames, callOptions = [] } = layer.constructor as CallSignature;
  const call = callOptions.includes('keys') ? withDictionary(written, where) : written;
  const options =
    spec.kind === 'op' ? undefined : setCallOptions(layer, withKeys(call, callOptions), callOptions, where);
  const { data, masks } = spec.kind === 'op' ? { data: call, masks: [] } : withoutMasks(call);
  const slots = modelStructure(layer)?.inputs;
  const refs = slots
    ? modelTensors(data, slots, where)
    : inputNames
      ? namedTensors(data, inputNames, where)
      : tensorsOf(data);
  checkFile(refs.length > 0, where, 'a call must have a tensor', { args: call.args });
  const tensors = aliasRepeated(refs.map(resolve));
  let result: ReturnType<Layer['apply']>;
  try {
    result = layer.apply(tensors.length === 1 ? tensors[0] : tensors);
    for (const { shape } of flattenTree(result as TensorTree<SymbolicTensor>)) checkTensorSize(shape);
  } catch (error) {
    throw layerError(where, error);
  }
  const node = layer.inboundNodes[layer.inboundNodes.length - 1];
  for (const mask of masks) addInput(node, resolve(mask));
  rememberCall(node, { ...callTemplate(call, [...refs, ...masks]), options });
  return flattenTree(result as TensorTree<SymbolicTensor>);
}

/**
 * The call of a layer for images, with a dictionary as Keras writes it: a model.json of TensorFlow.js has a list, and the paths
 * of the keys as an option.
 */
function withDictionary(call: CallSpec, where: string): CallSpec {
  const { keys, ...kwargs } = call.kwargs;
  const refs = refsOf(call.args);
  if (!isJsonArray(keys) || keys.length !== refs.length) return call;
  const paths = keys.map((key, i) => ({ path: String(key).split('/'), mark: { __ref__: refs[i] } as unknown as Json }));
  checkFile(
    paths.every(({ path }) => path.length < 5),
    where,
    'a path of keys must be short',
    { keys },
  );
  const tree = treeOf(paths);
  checkFile(refsOf(tree).length === refs.length, where, 'the keys of a dictionary must be different', { keys });
  return { args: [tree], kwargs };
}

/** A dictionary of dictionaries with the marks at the ends of their paths. */
function treeOf(entries: readonly { readonly path: readonly string[]; readonly mark: Json }[]): Json {
  const leaf = entries.find(({ path }) => path.length === 0);
  if (leaf) return leaf.mark;
  const names = new Set(entries.map(({ path }) => path[0]));
  const below = (name: string) =>
    entries.flatMap(({ path, mark }) => (path[0] === name ? [{ path: path.slice(1), mark }] : []));
  return Object.fromEntries([...names].map((name) => [name, treeOf(below(name))]));
}

/** The call with the paths of its dictionary's keys as an option, for a layer that takes one. */
function withKeys(call: CallSpec, known: readonly string[]): CallSpec {
  const [first] = isJsonArray(call.args) ? call.args : [];
  if (!known.includes('keys') || !isJsonObject(first) || isRef(first)) return call;
  const isLeaf = (value: unknown) => isRef(value as Json);
  const keys = namesOf(structureOf(first as unknown as TensorTree<TensorMark>, isLeaf), []);
  return { args: call.args, kwargs: { ...call.kwargs, keys } };
}

/** A call without the masks that it is given as tensors, and those. */
function withoutMasks({ args, kwargs }: CallSpec): { readonly data: CallSpec; readonly masks: readonly TensorRef[] } {
  const isMask = ([key, value]: [string, Json]) => maskArguments.has(key) && refsOf(value).length > 0;
  const entries = Object.entries(kwargs);
  const data = { args, kwargs: Object.fromEntries(entries.filter((entry) => !isMask(entry))) };
  return { data, masks: entries.filter(isMask).flatMap(([, value]) => refsOf(value)) };
}

/** The tensors of a layer with named inputs, such as attention, in the order of the names: positional or by keyword. */
function namedTensors({ args, kwargs }: CallSpec, names: readonly string[], where: string): TensorRef[] {
  const positional = refsOf(args);
  const named = names.slice(positional.length).flatMap((name) => (isRef(kwargs[name]) ? [kwargs[name].__ref__] : []));
  const count = positional.length + named.length;
  const given = names.filter((name, i) => i < positional.length || isRef(kwargs[name]));
  const isGapless = given.every((name, i) => name === names[i]);
  checkFile(
    count === tensorsOf({ args, kwargs }).length && isGapless,
    where,
    `tensors must be the first of ${names.join(', ')}`,
    {
      given,
    },
  );
  return [...positional, ...named];
}

/** The tensors of a call of a model, in the order of its inputs: a call may give them by name. */
function modelTensors(call: CallSpec, slots: Slots, where: string): TensorRef[] {
  const { args } = call;
  const given = isJsonArray(args) && args.length === 1 ? args[0] : args;
  const isTree = (value: Json): boolean =>
    isRef(value) || (value !== null && typeof value === 'object' && Object.values(value).every(isTree));
  if (!isTree(given) || refsOf(given).length !== tensorsOf(call).length) return tensorsOf(call);
  const marks = arrangeTensors(given as TensorTree<TensorMark>, slots, where, {
    isLeaf: (value) => isRef(value as Json),
  });
  return marks.map(({ __ref__ }) => __ref__);
}

interface HasOptions {
  callArguments: JsonObject;
}

/** The options that a layer was made with, before its calls. */
const ownOptions = new WeakMap<Layer, JsonObject>();

/**
 * Sets the arguments that are no tensors on the layer, where its output shape and TensorFlow.js's executor find those of
 * the last call. Gives those of this call, every one that the layer has.
 */
function setCallOptions(
  layer: Layer,
  { kwargs }: CallSpec,
  known: readonly string[],
  where: string,
): JsonObject | undefined {
  const options = Object.entries(kwargs).filter(
    ([key, value]) => refsOf(value).length === 0 && !ignoredOptions.has(key),
  );
  const set = options.filter(([, value]) => value !== null && value !== false);
  const unknown = set.filter(([key]) => !known.includes(key)).map(([key]) => key);
  checkFile(unknown.length === 0, where, 'these arguments of the call are not supported', { arguments: unknown });
  if (known.length === 0) return undefined;
  const target = layer as unknown as HasOptions;
  const own = ownOptions.get(layer) ?? target.callArguments;
  ownOptions.set(layer, own);
  target.callArguments = { ...own, ...Object.fromEntries(set) };
  return Object.fromEntries(known.map((name) => [name, target.callArguments[name] ?? false]));
}

/**
 * Puts an alias in place of a tensor that occurs before in the list, since tfjs feeds each tensor once
 * (tensorAlias.ts).
 */
function aliasRepeated(tensors: readonly SymbolicTensor[]): SymbolicTensor[] {
  const seen = new Set<SymbolicTensor>();
  return tensors.map((tensor) => {
    if (seen.has(tensor)) return new TensorAlias({}).apply(tensor) as SymbolicTensor;
    seen.add(tensor);
    return tensor;
  });
}
