// The value of the Constant initializer: a number, nested lists, or an array in Keras's serialized form,
// {"class_name": "__numpy__", "config": {"value": [...], "dtype": "float32"}}.
// Source: https://keras.io/api/layers/initializers/#constant-class

import type { DataType, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { asKerasObject, isKerasObject, isPlainObject, type Json } from '../../core/json.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';

export interface Constant {
  readonly shape: readonly number[];
  /** The value as a config holds it. Reads a tensor back from its device. */
  toJson(): Json;
  /** Makes a tensor of this shape, to which the value broadcasts. */
  fill(shape: readonly number[], dtype: DataType): Tensor;
}

/**
 * Reads a number, nested lists, a typed array, a tensor or a serialized array.
 * @throws ValueError for anything else.
 */
export function readConstant(given: unknown): Constant {
  if (given instanceof tf.Tensor) return tensorConstant(given);
  if (ArrayBuffer.isView(given)) return readConstant(serializedArray(Array.from(given as Float32Array)));
  const json = restore(given);
  const value = isPlainObject(json) ? (json.config as { value: unknown }).value : json;
  if (typeof value === 'number') {
    return {
      shape: [],
      toJson: () => value,
      fill: (shape, dtype) => tf.fill([...shape] as [number], value, dtype as 'float32'),
    };
  }
  const shape = shapeOf(value);
  if (!shape) {
    throw new KerasValueError(`Constant: \`value\` must be a number or an array. Received: value=${showValue(given)}`);
  }
  const make = (dtype: DataType) => tf.tensor(value as number[], undefined, dtype as 'float32');
  return { shape, toJson: () => json as Json, fill: (shape, dtype) => tf.tidy(() => broadcast(make(dtype), shape)) };
}

/** Keeps a reference to the tensor. The caller owns it and must not dispose it before the weight is made. */
function tensorConstant(tensor: Tensor): Constant {
  return {
    shape: tensor.shape,
    toJson: () => serializedArray(tensor.arraySync() as Json, tensor.dtype),
    fill: (shape, dtype) => tf.tidy(() => broadcast(tf.cast(tensor, dtype as 'float32'), shape)),
  };
}

/** Keras's class names of arrays, and the spellings to which tfjs-layers changes them when it loads a model. */
const arrayClasses: Readonly<Record<string, string>> = {
  __numpy__: '__numpy__',
  Numpy: '__numpy__',
  __tensor__: '__tensor__',
  Tensor: '__tensor__',
};

/** The array in Keras's form; undefined for other dicts. Numbers and lists stay as they are and are checked later. */
function restore(given: unknown): unknown {
  if (isPlainObject(given) && given.type === 'ndarray') return given.value;
  if (!isKerasObject(given)) return isPlainObject(given) ? undefined : given;
  const { class_name: name, config } = asKerasObject(given);
  return Object.hasOwn(arrayClasses, name) && isPlainObject(config)
    ? { class_name: arrayClasses[name], config }
    : undefined;
}

/** The shape of nested lists of numbers; undefined for anything else and for lists of unequal lengths. */
function shapeOf(value: unknown): readonly number[] | undefined {
  if (typeof value === 'number') return [];
  if (!Array.isArray(value)) return undefined;
  const inner = value.map(shapeOf);
  const isEven = inner.every((shape) => shape !== undefined && `${shape}` === `${inner[0]}`);
  return isEven ? [value.length, ...(inner[0] ?? [])] : undefined;
}

/** Broadcasts a constant to the shape of the weight. */
function broadcast(value: Tensor, shape: readonly number[]): Tensor {
  const offset = shape.length - value.rank;
  const fits = offset >= 0 && value.shape.every((size, i) => size === 1 || size === shape[offset + i]);
  if (!fits) {
    throw new KerasValueError(
      `Constant: \`value\` does not broadcast to the shape of the weight. Received: value of shape ${showValue(value.shape)}, shape=${showValue(shape)}`,
    );
  }
  return tf.broadcastTo(value, [...shape] as [number]);
}

/** Keras's serialized form of a NumPy array. */
export function serializedArray(value: Json, dtype = 'float32'): Json {
  return { class_name: '__numpy__', config: { value, dtype } };
}
