// Constants that a config holds: a number, nested lists, or an array as Keras writes it,
// {"class_name": "__numpy__", "config": {"value": [...], "dtype": "float32"}}.

import type { DataType, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { asKerasObject, isKerasObject, isPlainObject, type Json } from '../../core/json.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';

export interface Constant {
  readonly json: Json;
  readonly shape: readonly number[];
  fill(shape: readonly number[], dtype: DataType): Tensor;
}

export function readConstant(given: unknown): Constant {
  if (given instanceof tf.Tensor) return tensorConstant(given);
  if (ArrayBuffer.isView(given)) return readConstant(serializedArray(Array.from(given as Float32Array)));
  const json = restore(given);
  const value = isPlainObject(json) ? (json.config as { value: unknown }).value : json;
  if (typeof value === 'number') {
    return {
      json: value,
      shape: [],
      fill: (shape, dtype) => tf.fill([...shape] as [number], value, dtype as 'float32'),
    };
  }
  const shape = shapeOf(value);
  if (!shape) {
    throw new KerasValueError(`Constant: \`value\` must be a number or an array. Received: value=${showValue(given)}`);
  }
  const make = (dtype: DataType) => tf.tensor(value as number[], undefined, dtype as 'float32');
  return { json: json as Json, shape, fill: (shape, dtype) => tf.tidy(() => spread(make(dtype), shape)) };
}

/** Keeps a reference: the tensor stays the caller's and must live until the weight is made. */
function tensorConstant(tensor: Tensor): Constant {
  return {
    shape: tensor.shape,
    get json() {
      return serializedArray(tensor.arraySync() as Json, tensor.dtype);
    },
    fill: (shape, dtype) => tf.tidy(() => spread(tf.cast(tensor, dtype as 'float32'), shape)),
  };
}

/** Arrays by Keras's class name, and what tfjs-layers makes of it when it loads a model. */
const arrayClasses: Readonly<Record<string, string>> = {
  __numpy__: '__numpy__',
  Numpy: '__numpy__',
  __tensor__: '__tensor__',
  Tensor: '__tensor__',
};

/** The form that Keras writes; anything else is left for the check of the values. */
function restore(given: unknown): unknown {
  if (isPlainObject(given) && given.type === 'ndarray') return given.value;
  if (!isKerasObject(given)) return isPlainObject(given) ? undefined : given;
  const { class_name: name, config } = asKerasObject(given);
  return Object.hasOwn(arrayClasses, name) && isPlainObject(config)
    ? { class_name: arrayClasses[name], config }
    : undefined;
}

/** Of nested lists of numbers; undefined where they are something else or of unequal lengths. */
function shapeOf(value: unknown): readonly number[] | undefined {
  if (typeof value === 'number') return [];
  if (!Array.isArray(value)) return undefined;
  const inner = value.map(shapeOf);
  const isEven = inner.every((shape) => shape !== undefined && `${shape}` === `${inner[0]}`);
  return isEven ? [value.length, ...(inner[0] ?? [])] : undefined;
}

function spread(value: Tensor, shape: readonly number[]): Tensor {
  const offset = shape.length - value.rank;
  const fits = offset >= 0 && value.shape.every((size, i) => size === 1 || size === shape[offset + i]);
  if (!fits) {
    throw new KerasValueError(
      `Constant: \`value\` does not broadcast to the shape of the weight. Received: value of shape ${showValue(value.shape)}, shape=${showValue(shape)}`,
    );
  }
  return tf.broadcastTo(value, [...shape] as [number]);
}

/** An array in the form that Keras gives a NumPy array in a config. */
export function serializedArray(value: Json, dtype = 'float32'): Json {
  return { class_name: '__numpy__', config: { value, dtype } };
}
