// A weight in a file. All float types are read as float32, which holds every float16 and bfloat16 exactly.

import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import { bfloat16ToFloat32, type H5Dataset } from '../../formats/hdf5/hdf5.js';
import { checkFile } from '../../formats/kerasFileError.js';

/** One weight in a file: a dataset, or an entry of a tfjs weights manifest. */
export interface StoredValue {
  /** The weight's place in the file. */
  readonly path: string;
  readonly shape: readonly number[];
  /** The type in the file: 'float32', 'bfloat16', 'int8', ... */
  readonly dtype: string;
  /** Reads the values in row-major order. They may be a view of the file: do not write to them. */
  numbers(): ArrayLike<number>;
  /** Reads it into a new float32 tensor of that shape. */
  read(): Tensor;
}

export function storedDataset(dataset: H5Dataset): StoredValue {
  const { path, shape, dtype } = dataset;
  return { path, shape, dtype, numbers: () => numbers(dataset), read: () => floatTensor(numbers(dataset), shape) };
}

/** A value that is computed from others of the file when it is read. */
export function storedFloats(path: string, shape: readonly number[], compute: () => Float32Array): StoredValue {
  return { path, shape, dtype: 'float32', numbers: compute, read: () => floatTensor(compute(), shape) };
}

function floatTensor(values: ArrayLike<number>, shape: readonly number[]): Tensor {
  return tensor(values instanceof Float32Array ? values : Float32Array.from(values), [...shape], 'float32');
}

function numbers(dataset: H5Dataset): ArrayLike<number> {
  const { path, dtype } = dataset;
  checkFile(dtype !== 'string' && dtype !== 'other', `weight '${path}'`, 'a weight must be a number', { dtype });
  const values = dataset.read();
  if (values instanceof Float32Array) return values;
  // Legacy files of Keras 3 hold bfloat16 as two opaque bytes and do not name the type.
  if (dtype === 'opaque2') return bfloat16ToFloat32(values as Uint16Array);
  const isBig = values instanceof BigInt64Array || values instanceof BigUint64Array;
  return isBig ? Float32Array.from(values, Number) : (values as ArrayLike<number>);
}

/** Whether the shapes are equal. A size of null is any. */
export function sameShape(a: Shape, b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, i) => size === null || size === b[i]);
}

/** The number of values of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
