// TensorFlow functions in Functional models of tf.keras 2 (`x * y`, tf.nn.relu(x)): each TFOpLambda or SlicingOpLambda
// layer becomes the operation of Keras 3 that computes the same, where there is one, else a function of its own
// (layers/ops/tensorflow).
//
// Source: the arguments of the functions in https://www.tensorflow.org/api_docs/python/tf and https://keras.io/api/ops/

import { configOf, isJsonArray, isJsonObject, type Json, type JsonObject, type KerasObject } from '../../core/json.js';
import { opLibrary } from '../../layers/ops/opLibrary.js';
import { type CallSpec, isRef, type LayerSpec, refsOf } from './modelSpec.js';
import { aliases, type TfOpRow, tfOpRows } from './tfOpRows.js';

/** Whether the operation of Keras computes what this call says. */
const fits: Readonly<Record<string, (kwargs: JsonObject) => boolean>> = {
  reshape: ({ shape }) => refsOf(shape ?? null).length === 0,
  tile: ({ multiples }) => refsOf(multiples ?? null).length === 0,
  broadcast_to: ({ shape }) => refsOf(shape ?? null).length === 0,
  split: ({ num_or_size_splits: sizes }) => typeof sizes === 'number',
  cast: ({ dtype }) => !String(dtype).startsWith('complex'),
  'nn.silu': ({ beta }) => beta === undefined || beta === 1,
  'image.resize': ({ method, preserve_aspect_ratio: keeps }) =>
    keeps !== true && !['gaussian', 'mitchellcubic'].includes(String(method)),
  'linalg.pinv': ({ rcond }) => rcond == null,
  where: ({ x, y }) => x != null && y != null,
  'math.l2_normalize': ({ axis, epsilon = 1e-12 }) => typeof axis === 'number' && epsilon === 1e-12,
  gather: ({ batch_dims: dims }) => !dims,
};

/** tf.stack(x) of a tensor, not of a list, is x itself. */
const stackOfOne: TfOpRow = ['core.ConvertToTensor', 'values:x axis:'];

function rowOf(name: string | undefined, { calls }: LayerSpec): TfOpRow | undefined {
  if (name === undefined || !Object.hasOwn(tfOpRows, name)) return undefined;
  const isAlone = calls.every(({ args }) => isJsonArray(args) && isRef(args[0]));
  return name === 'stack' && isAlone ? stackOfOne : tfOpRows[name];
}

/**
 * The layer as an operation. Where there is none it keeps the function's name, which loading then reports.
 */
export function translateTfOp(layer: LayerSpec): LayerSpec {
  const given = functionName(layer.object);
  const name = given === undefined ? undefined : (aliases[given] ?? given);
  const row = rowOf(name, layer);
  const isFit = layer.calls.every(({ kwargs }) => (name !== undefined && fits[name] ? fits[name](kwargs) : true));
  if (row && isFit) return asKerasOp(layer, row);
  const isKnown = opLibrary().findOp(`tf.${name}`) !== undefined;
  const object = {
    ...layer.object,
    module: isKnown ? 'tensorflow' : 'keras.ops',
    class_name: `tf.${isKnown ? name : given}`,
    config: { name: layer.name },
    registered_name: null,
  };
  return {
    ...layer,
    kind: 'op',
    object,
    calls: layer.calls.map(({ args, kwargs }) => ({ args, kwargs: plain(kwargs) })),
  };
}

function functionName(object: KerasObject): string | undefined {
  const name = configOf(object).function;
  return typeof name === 'string' ? name : undefined;
}

function plain(kwargs: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(kwargs).filter(([key]) => key !== 'name'));
}

function asKerasOp(layer: LayerSpec, [path, names = '', fixed = {}]: TfOpRow): LayerSpec {
  const [module, className] = path.split('.');
  const renamed = new Map(names.split(' ').map((pair) => pair.split(':') as [string, string]));
  const object = {
    module: `keras.src.ops.${module}`,
    class_name: className,
    config: { name: layer.name },
    registered_name: className,
  };
  return { ...layer, kind: 'op', object, calls: layer.calls.map((call) => translateCall(call, renamed, fixed)) };
}

function translateCall({ args, kwargs }: CallSpec, names: ReadonlyMap<string, string>, fixed: JsonObject): CallSpec {
  const entries = Object.entries(kwargs).flatMap(([key, value]): [string, Json][] => {
    const renamed = names.get(key) ?? key;
    const isLeftOut = key === 'name' || renamed === '' || value === null || (key === 'ord' && value === 'euclidean');
    return isLeftOut ? [] : [[renamed, plainValue(key, value)]];
  });
  return { args, kwargs: { ...fixed, ...Object.fromEntries(entries) } };
}

function plainValue(key: string, value: Json): Json {
  if (key === 'slice_spec') return isJsonArray(value) ? value.map(sliceOf) : sliceOf(value);
  if (key === 'data_format') return String(value).startsWith('NC') ? 'channels_first' : 'channels_last';
  return key === 'mode' ? String(value).toLowerCase() : value; // tf.pad's 'CONSTANT'
}

function sliceOf(value: Json): Json {
  return isJsonObject(value) && 'start' in value ? { class_name: '__slice__', config: value } : value;
}
