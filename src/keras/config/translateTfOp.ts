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
  clip_by_value: ({ clip_value_min: low, clip_value_max: high }) => refsOf([low ?? null, high ?? null]).length === 0,
  'math.cumsum': isForward,
  'math.cumprod': isForward,
  sort: isAscending,
  argsort: isAscending,
  one_hot: ({ on_value: on, off_value: off, depth }) => on == null && off == null && typeof depth === 'number',
  'linalg.matmul': ({ transpose_a: a, transpose_b: b, adjoint_a: c, adjoint_b: d, output_type: type }) =>
    ![a, b, c, d].includes(true) && type == null,
  'linalg.inv': ({ adjoint }) => adjoint !== true,
  'nn.bias_add': ({ data_format: format }) => !String(format).startsWith('NC'),
};

function isForward({ exclusive, reverse }: JsonObject): boolean {
  return exclusive !== true && reverse !== true;
}

function isAscending({ direction = 'ASCENDING' }: JsonObject): boolean {
  return direction === 'ASCENDING';
}

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
  const calls = layer.calls.map((call) => translateCall(call, renamed, fixed));
  const made = constructorArguments(calls);
  const object = {
    module: `keras.src.ops.${module}`,
    class_name: className,
    config: { name: layer.name, ...made },
    registered_name: className,
  };
  const called = ({ kwargs }: CallSpec) => Object.entries(kwargs).filter(([key]) => !Object.hasOwn(made, key));
  return {
    ...layer,
    kind: 'op',
    object,
    calls: calls.map((call) => ({ args: call.args, kwargs: Object.fromEntries(called(call)) })),
  };
}

/** What operations of Keras take in their calls. All else are arguments of their constructors, which configs hold. */
const callArguments: ReadonlySet<string> = new Set(
  'x x1 x2 xs y images data condition start stop key indices variable constant_values'.split(' '),
);

/** Those that all calls share; a tensor is none. */
function constructorArguments([first, ...others]: readonly CallSpec[]): JsonObject {
  const entries = Object.entries(first?.kwargs ?? {});
  return Object.fromEntries(
    entries.filter(([key, value]) => {
      const isShared = others.every(({ kwargs }) => JSON.stringify(kwargs[key]) === JSON.stringify(value));
      return isShared && !callArguments.has(key) && refsOf(value).length === 0;
    }),
  );
}

function translateCall({ args, kwargs }: CallSpec, names: ReadonlyMap<string, string>, fixed: JsonObject): CallSpec {
  const entries = Object.entries(kwargs).flatMap(([key, value]): [string, Json][] => {
    const renamed = names.get(key) ?? key;
    const isLeftOut = key === 'name' || renamed === '' || value === null || (key === 'ord' && value === 'euclidean');
    return isLeftOut ? [] : [[renamed, plainValue(key, value)]];
  });
  const { segment_ids: ids, ...given } = { ...fixed, ...Object.fromEntries(entries) } as JsonObject;
  const { constant_values: _, ...padded } = given;
  const named = (given.mode ?? 'constant') === 'constant' ? given : padded; // of a padding: Keras refuses both
  const own = isJsonArray(args) ? args.map(asArray) : args;
  const isOperand = (key: string) => callArguments.has(key) && key !== 'key' && key !== 'xs';
  // Keras's operations on bits ask their second operand, `y`, for its dtype.
  const operand = (key: string, value: Json) => asArray(key === 'y' && typeof value === 'number' ? [value] : value);
  const operands = Object.entries(named).map(([key, value]) => [key, isOperand(key) ? operand(key, value) : value]);
  // Keras's segments take their second tensor by place alone.
  return { args: ids && isJsonArray(own) ? [...own, asArray(ids)] : own, kwargs: Object.fromEntries(operands) };
}

/** A list of numbers as Keras writes arrays: it takes lists for no tensors. */
function asArray(value: Json): Json {
  if (!isJsonArray(value)) return value;
  const numbers = leavesOf(value);
  const isOf = (type: string) => numbers.every((item) => typeof item === type);
  if (numbers.length === 0 || !(isOf('number') || isOf('boolean'))) return value;
  const dtype = isOf('boolean') ? 'bool' : numbers.every(Number.isInteger) ? 'int32' : 'float32';
  return { class_name: '__numpy__', config: { value, dtype } };
}

function leavesOf(value: Json): readonly Json[] {
  return isJsonArray(value) ? value.flatMap(leavesOf) : [value];
}

function plainValue(key: string, value: Json): Json {
  if (key === 'slice_spec') return isJsonArray(value) ? value.map(sliceOf) : sliceOf(value);
  if (key === 'data_format') return String(value).startsWith('NC') ? 'channels_first' : 'channels_last';
  return key === 'mode' ? String(value).toLowerCase() : value; // tf.pad's 'CONSTANT'
}

function sliceOf(value: Json): Json {
  if (!isJsonObject(value)) return value;
  if (value.class_name === '__ellipsis__') return { config: {}, ...value }; // an .h5 lacks the config that Keras 3 needs
  return 'start' in value ? { class_name: '__slice__', config: value } : value;
}
