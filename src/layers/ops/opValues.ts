// Decodes the operands and parameters of operations from a file's JSON to tensors, numbers, slices and lists, and casts
// dtypes. Results have the widest dtype of the operands, bool < int32 < float32; TensorFlow.js computes in no others.
// Source: https://keras.io/api/ops/numpy/

import * as tf from '@tensorflow/tfjs-core';
import { isPlainObject, type Json } from '../../core/json.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';

export interface Slice<Bound = number | null> {
  readonly kind: 'slice';
  readonly start: Bound;
  readonly stop: Bound;
  readonly step: Bound;
}

/** A slice as the call has it: a tensor of the graph may say where it ends. */
export type GivenSlice = Slice<number | null | tf.Tensor>;

export interface Ellipsis {
  readonly kind: 'ellipsis';
}

export type OpValue =
  | tf.Tensor
  | number
  | boolean
  | string
  | null
  | GivenSlice
  | Ellipsis
  | readonly OpValue[]
  | { readonly [key: string]: OpValue };

type Nested = number | boolean | readonly Nested[];

/** Decodes a value. @param inputs the tensors for {"__input__": i}, or values that are known without them. */
export function decode(json: Json, inputs: readonly OpValue[], where: string): OpValue {
  if (Array.isArray(json)) return json.map((item: Json) => decode(item, inputs, where));
  if (!isPlainObject(json)) return json as OpValue;
  const { __input__: index, class_name: className, config } = json as Readonly<Record<string, Json>>;
  if (typeof index === 'number') {
    const input = inputs[index];
    if (input === undefined) {
      throw new KerasValueError(`${where}: input ${index} is missing. Received: ${inputs.length} inputs`);
    }
    return input;
  }
  if (className === '__ellipsis__') return { kind: 'ellipsis' };
  if (isPlainObject(config)) {
    const held = config as Readonly<Record<string, Json>>;
    if (className === '__slice__') return slice(held, inputs, where);
    if (className === '__numpy__' || className === '__tensor__') return constant(held, where);
    if (className === '__keras_tensor__') {
      throw new KerasValueError(
        `${where}: a tensor of the graph was not made an input. Received: ${showValue(config)}`,
      );
    }
  }
  return Object.fromEntries(
    Object.entries(json as Readonly<Record<string, Json>>).map(([key, item]) => [key, decode(item, inputs, where)]),
  );
}

function slice(held: Readonly<Record<string, Json>>, inputs: readonly OpValue[], where: string): GivenSlice {
  const part = (key: string): number | null | tf.Tensor => {
    const value = decode(held[key] ?? null, inputs, where);
    if (value === null || typeof value === 'number' || isTensor(value)) return value;
    throw new KerasValueError(`${where}: a slice must be made of whole numbers. Received: ${key}=${showValue(value)}`);
  };
  return { kind: 'slice', start: part('start'), stop: part('stop'), step: part('step') };
}

function constant({ value, dtype }: Readonly<Record<string, Json>>, where: string): tf.Tensor {
  return tensorOf(value as Nested, typeof dtype === 'string' ? tfjsDtype(dtype, where) : undefined, where);
}

export type Dtype = 'bool' | 'int32' | 'float32';

/** The dtype in TensorFlow.js for one of Keras. Throws ValueError if there is none. */
export function tfjsDtype(name: string, where: string): Dtype {
  if (name === 'bool') return 'bool';
  if (/^u?int(8|16|32|64)?$/.test(name)) return 'int32';
  if (/^(b?float(16|32|64)?|mixed_b?float16)$/.test(name)) return 'float32';
  throw new KerasValueError(`${where}: dtype is not supported. Received: dtype=${showValue(name)}`);
}

interface Constant {
  readonly values: Float32Array | Int32Array | Uint8Array;
  readonly shape: number[];
  readonly dtype: Dtype;
}

/** The constants of graphs, which are read only once, since a kernel may have many values. */
const constants = new WeakMap<object, Constant>();

/** The tensor of a Python value: 2 is int32, 2.5 is float32. */
function tensorOf(value: Nested, dtype: Dtype | undefined, where: string): tf.Tensor {
  const known = typeof value === 'object' ? constants.get(value) : undefined;
  const { values, shape, dtype: type } = known ?? readConstant(value, dtype, where);
  if (typeof value === 'object' && !known) constants.set(value, { values, shape, dtype: type });
  return tf.tensor(values, shape, type);
}

function readConstant(value: Nested, dtype: Dtype | undefined, where: string): Constant {
  const flat = (Array.isArray(value) ? value.flat(Number.POSITIVE_INFINITY) : [value]) as (number | boolean)[];
  const wrong = flat.find((item) => typeof item !== 'number' && typeof item !== 'boolean');
  if (wrong !== undefined) {
    throw new KerasValueError(`${where}: a constant must hold numbers. Received: ${showValue(wrong)}`);
  }
  const shape = shapeOf(value);
  if (shape.reduce((a, b) => a * b, 1) !== flat.length) {
    throw new KerasValueError(`${where}: a constant must have rows of one length. Received: ${showValue(value)}`);
  }
  const type = dtype ?? guessDtype(flat);
  const numbers = flat.map(Number);
  const values =
    type === 'float32'
      ? new Float32Array(numbers)
      : type === 'int32'
        ? new Int32Array(numbers)
        : new Uint8Array(numbers);
  return { values, shape, dtype: type };
}

function guessDtype(flat: readonly (number | boolean)[]): Dtype {
  if (flat.length === 0) return 'float32';
  if (flat.every((item) => typeof item === 'boolean')) return 'bool';
  return flat.every((item) => Number.isInteger(Number(item)) && Math.abs(Number(item)) < 2 ** 31) ? 'int32' : 'float32';
}

function shapeOf(value: Nested): number[] {
  if (!Array.isArray(value)) return [];
  return [value.length, ...(value.length > 0 ? shapeOf(value[0]) : [])];
}

export function isTensor(value: OpValue | undefined): value is tf.Tensor {
  return value instanceof tf.Tensor;
}

export function isSlice(value: OpValue | undefined): value is GivenSlice {
  return typeof value === 'object' && value !== null && (value as GivenSlice).kind === 'slice';
}

export function isEllipsis(value: OpValue | undefined): value is Ellipsis {
  return typeof value === 'object' && value !== null && (value as Ellipsis).kind === 'ellipsis';
}

/** The value as a tensor. A list may contain tensors of the graph. */
export function asTensor(value: OpValue, where: string): tf.Tensor {
  if (isTensor(value)) return value;
  if (Array.isArray(value) && value.flat(Number.POSITIVE_INFINITY).some((item) => isTensor(item as OpValue))) {
    return tf.stack(promote((value as OpValue[]).map((item) => asTensor(item, where))));
  }
  if (typeof value === 'number' || typeof value === 'boolean' || Array.isArray(value)) {
    return tensorOf(value as Nested, undefined, where);
  }
  throw new KerasValueError(`${where}: a tensor or a number is expected. Received: ${showValue(value)}`);
}

/** Casts to float32. */
export function float(x: tf.Tensor): tf.Tensor {
  return x.dtype === 'float32' ? x : tf.cast(x, 'float32');
}

/** Casts to bool; values other than 0 are true. */
export function bool(x: tf.Tensor): tf.Tensor {
  return x.dtype === 'bool' ? x : tf.notEqual(x, tf.scalar(0, x.dtype as Dtype));
}

/** Casts bool to int32, since arithmetic does not accept it. */
export function numeric(x: tf.Tensor): tf.Tensor {
  return x.dtype === 'bool' ? tf.cast(x, 'int32') : x;
}

/** Casts all tensors to the widest dtype among them. */
export function promote(tensors: readonly tf.Tensor[]): tf.Tensor[] {
  const order: readonly string[] = ['bool', 'int32', 'float32'];
  const widest = tensors.reduce((most, x) => Math.max(most, order.indexOf(x.dtype)), -1);
  const dtype = order[widest] as Dtype;
  return tensors.map((x) => (x.dtype === dtype ? x : tf.cast(x, dtype)));
}

/** Casts floats to integers. TensorFlow.js's cast would hand a gradient on, which integers have not. */
const toIntegers = tf.customGrad((x) => ({
  value: tf.cast(x as tf.Tensor, 'int32'),
  gradFunc: () => tf.zeros((x as tf.Tensor).shape),
})) as (x: tf.Tensor) => tf.Tensor;

/** Casts to a dtype of Keras. Integers of 8 and 16 bits wrap around. */
export function castTo(x: tf.Tensor, name: string, where: string): tf.Tensor {
  const dtype = tfjsDtype(name, where);
  if (dtype === 'bool') return bool(x);
  const cast = x.dtype === dtype ? x : x.dtype === 'float32' ? toIntegers(x) : tf.cast(x, dtype);
  const small = /^(u?)int(8|16)$/.exec(name);
  if (!small) return cast;
  const count = 2 ** Number(small[2]);
  const offset = small[1] ? 0 : count / 2;
  const int = (value: number) => tf.scalar(value, 'int32');
  return tf.sub(tf.mod(tf.add(cast, int(offset)), int(count)), int(offset));
}
