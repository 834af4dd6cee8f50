// The names under which layers are written. Keras 3 refuses a `/` in the name of a layer, which tf.keras and
// TensorFlow.js accept: DenseNet121 of tf.keras has `conv1/conv`. A `/` becomes `_`, in the layer and wherever a file
// refers to it, and a number follows where two names of one model would be the same.
// Source: https://keras.io/api/layers/base_layer/ (name), and the names that keras.applications gave the same layers.

import type { layers } from '@tensorflow/tfjs-layers';
import { LayersModel, Sequential } from '@tensorflow/tfjs-layers';
import { isJsonArray, isJsonObject, type Json, type JsonObject, type KerasObject } from '../../core/json.js';
import { kerasOrder } from '../graph/layerOrder.js';

type Names = ReadonlyMap<string, string>;

/** The name without a `/`. */
export function acceptedName(name: string): string {
  return name.replaceAll('/', '_');
}

/**
 * For the names of all layers of one model, in any order: those under which they are written. Names without a `/` stay.
 */
export function acceptedNames(names: readonly string[]): Names {
  const taken = new Set(names.filter((name) => !name.includes('/')));
  const found = new Map<string, string>();
  for (const name of [...new Set(names)].sort()) {
    let free = acceptedName(name);
    for (let i = 1; name.includes('/') && taken.has(free); i++) free = `${acceptedName(name)}_${i}`;
    taken.add(free);
    found.set(name, free);
  }
  return found;
}

/** Gives each layer directly in the model the name under which it is written. */
export function acceptedNamesOf(model: LayersModel): (layer: layers.Layer) => string {
  const inputs = model instanceof Sequential ? [model.inputs[0].sourceLayer] : [];
  const names = acceptedNames([...inputs, ...kerasOrder(model)].map(({ name }) => name));
  return ({ name }) => names.get(name) ?? acceptedName(name);
}

/** The layers that are written under another name: `model/layer` and the new name. Layers within wrappers are left out. */
export function renamedLayers(model: LayersModel): [from: string, to: string][] {
  const nameOf = acceptedNamesOf(model);
  return kerasOrder(model).flatMap((layer): [string, string][] => {
    const own: [string, string][] = layer.name === nameOf(layer) ? [] : [[layer.name, nameOf(layer)]];
    const below = layer instanceof LayersModel ? renamedLayers(layer) : [];
    return [...own, ...below.map(([from, to]): [string, string] => [`${layer.name}/${from}`, to])];
  });
}

/** A serialized layer or model with the names that Keras accepts, at any depth. */
export function withAcceptedNames(object: KerasObject): KerasObject {
  return rename(object, new Map()) as KerasObject;
}

/** @param names Old and new names of the layers of the model around the value. */
function rename(value: Json, names: Names): Json {
  if (isJsonArray(value)) return value.map((item) => rename(item, names));
  if (!isJsonObject(value)) return value;
  const { class_name: className, config } = value;
  if (typeof className !== 'string' || !isJsonObject(config)) return renameMembers(value, names);
  if (className === '__keras_tensor__') return { ...value, config: renameTensor(config, names) };
  const { config: _, ...others } = value;
  const members = renameMembers(others, names);
  const inside = isJsonArray(config.layers) && config.layers.every(isJsonObject) ? namesIn(config.layers) : names;
  const renamed = renameReferences(renameMembers(config, inside), inside);
  return { ...value, ...withName(members, names), config: withName(renamed, names) };
}

function withName(object: JsonObject, names: Names): JsonObject {
  const { name } = object;
  return typeof name === 'string' ? { ...object, name: names.get(name) ?? acceptedName(name) } : object;
}

function renameMembers(object: JsonObject, names: Names): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, item]) => [key, rename(item, names)]));
}

function namesIn(entries: readonly JsonObject[]): Names {
  const nameOf = ({ name, config }: JsonObject) => name ?? (isJsonObject(config) ? config.name : undefined);
  return acceptedNames(entries.map(nameOf).filter((name) => typeof name === 'string'));
}

function renameTensor(config: JsonObject, names: Names): JsonObject {
  const { keras_history: history } = config;
  return isJsonArray(history) ? { ...config, keras_history: renameTriples(history, names) } : config;
}

function renameReferences(config: JsonObject, names: Names): JsonObject {
  const keys = ['input_layers', 'output_layers'].filter((key) => key in config);
  return { ...config, ...Object.fromEntries(keys.map((key) => [key, renameTriples(config[key], names)])) };
}

/** Renames in [layer, call, output], and in lists and dictionaries of these. */
function renameTriples(value: Json, names: Names): Json {
  if (isJsonArray(value)) {
    const [layer, ...numbers] = value;
    if (typeof layer === 'string') return [names.get(layer) ?? layer, ...numbers];
    return value.map((item) => renameTriples(item, names));
  }
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, renameTriples(item, names)]));
}
