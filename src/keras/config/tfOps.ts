// TensorFlow functions in Functional models of tf.keras 2 (`x * y`, tf.nn.relu(x)): each TFOpLambda or SlicingOpLambda
// layer becomes the operation of Keras 3 that computes the same, where there is one.
//
// Source: the arguments of the functions in https://www.tensorflow.org/api_docs/python/tf and https://keras.io/api/ops/

import { configOf, isJsonArray, isJsonObject, type Json, type JsonObject, type KerasObject } from '../../core/json.js';
import type { CallSpec, LayerSpec } from './modelSpec.js';

/** Keras's operation, TensorFlow's names of its parameters, and the defaults that differ. */
type Row = readonly [op: string, names?: string, fixed?: JsonObject];

const binary = 'y:x2';

/** Names are written `TensorFlow's:Keras's`. Names that are the same in both are left out. */
const rows: Readonly<Record<string, Row>> = {
  '__operators__.add': ['numpy.Add', binary],
  'math.add': ['numpy.Add', binary],
  'math.subtract': ['numpy.Subtract', binary],
  'math.multiply': ['numpy.Multiply', binary],
  'math.divide': ['numpy.TrueDivide', binary],
  'math.truediv': ['numpy.TrueDivide', binary],
  'math.pow': ['numpy.Power', binary],
  'math.maximum': ['numpy.Maximum', binary],
  'math.minimum': ['numpy.Minimum', binary],
  'math.negative': ['numpy.Negative'],
  'math.abs': ['numpy.Absolute'],
  'math.exp': ['numpy.Exp'],
  'math.log': ['numpy.Log'],
  'math.sqrt': ['numpy.Sqrt'],
  'math.rsqrt': ['math.Rsqrt'],
  'math.square': ['numpy.Square'],
  'math.tanh': ['numpy.Tanh'],
  'math.sigmoid': ['nn.Sigmoid'],
  'math.softplus': ['nn.Softplus', 'features:x'],
  'nn.relu': ['nn.Relu', 'features:x'],
  'nn.relu6': ['nn.Relu6', 'features:x'],
  'nn.elu': ['nn.Elu', 'features:x'],
  'nn.selu': ['nn.Selu', 'features:x'],
  'nn.silu': ['nn.Silu', 'features:x beta:'],
  'nn.gelu': ['nn.Gelu', 'features:x', { approximate: false }],
  'nn.leaky_relu': ['nn.LeakyRelu', 'features:x alpha:negative_slope', { negative_slope: 0.2 }],
  'nn.softmax': ['nn.Softmax', 'logits:x', { axis: -1 }],
  'nn.depth_to_space': ['nn.DepthToSpace', 'input:x', { data_format: 'channels_last' }],
  'math.reduce_mean': ['numpy.Mean', 'input_tensor:x'],
  'math.reduce_sum': ['numpy.Sum', 'input_tensor:x'],
  'math.reduce_max': ['numpy.Max', 'input_tensor:x'],
  'math.reduce_min': ['numpy.Min', 'input_tensor:x'],
  concat: ['numpy.Concatenate', 'values:xs'],
  stack: ['numpy.Stack', 'values:x', { axis: 0 }],
  split: ['numpy.Split', 'value:x num_or_size_splits:indices_or_sections', { axis: 0 }],
  reshape: ['numpy.Reshape', 'tensor:x shape:newshape'],
  transpose: ['numpy.Transpose', 'a:x perm:axes conjugate:'],
  'compat.v1.transpose': ['numpy.Transpose', 'a:x perm:axes conjugate:'],
  expand_dims: ['numpy.ExpandDims', 'input:x'],
  squeeze: ['numpy.Squeeze', 'input:x'],
  'compat.v1.squeeze': ['numpy.Squeeze', 'input:x'],
  tile: ['numpy.Tile', 'input:x multiples:repeats'],
  clip_by_value: ['numpy.Clip', 't:x clip_value_min:x_min clip_value_max:x_max'],
  pad: ['numpy.Pad', 'tensor:x paddings:pad_width'],
  'compat.v1.pad': ['numpy.Pad', 'tensor:x paddings:pad_width'],
  cast: ['core.Cast'],
  identity: ['numpy.Copy', 'input:x'],
  'image.resize': ['image.Resize', 'images:images method:interpolation', { data_format: 'channels_last' }],
  '__operators__.getitem': ['numpy.GetItem', 'slice_spec:key'],
};

const classNames = new Set(['TFOpLambda', 'SlicingOpLambda']);

export function isTfOp({ class_name: className }: KerasObject): boolean {
  return classNames.has(className);
}

/**
 * The layer as an operation of Keras 3. Where there is none it keeps the function's name, which loading then reports.
 */
export function translateTfOp(layer: LayerSpec): LayerSpec {
  const name = functionName(layer.object);
  const row = name === undefined ? undefined : rows[name];
  if (!row) return { ...layer, object: { ...layer.object, module: 'keras.ops', class_name: `tf.${name}` } };
  const [path, names = '', fixed = {}] = row;
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

function functionName(object: KerasObject): string | undefined {
  const name = configOf(object).function;
  return typeof name === 'string' ? name : undefined;
}

function translateCall({ args, kwargs }: CallSpec, names: ReadonlyMap<string, string>, fixed: JsonObject): CallSpec {
  const entries = Object.entries(kwargs).flatMap(([key, value]): [string, Json][] => {
    const renamed = names.get(key) ?? key;
    return key === 'name' || renamed === '' || value === null ? [] : [[renamed, plainValue(key, value)]];
  });
  return { args, kwargs: { ...fixed, ...Object.fromEntries(entries) } };
}

function plainValue(key: string, value: Json): Json {
  if (key === 'slice_spec' && isJsonArray(value)) return value.map(sliceOf);
  return key === 'mode' ? String(value).toLowerCase() : value; // tf.pad's 'CONSTANT'
}

function sliceOf(value: Json): Json {
  return isJsonObject(value) && 'start' in value ? { class_name: '__slice__', config: value } : value;
}
