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
  /** Reads it into a new float32 tensor of that shape. */
  read(): Tensor;
}

export function storedDataset(dataset: H5Dataset): StoredValue {
  const { path, shape } = dataset;
  return { path, shape, read: () => tensor(floats(dataset), [...shape], 'float32') };
}

function floats(dataset: H5Dataset): Float32Array {
  const { path, dtype } = dataset;
  checkFile(dtype !== 'string' && dtype !== 'other', `weight '${path}'`, 'a weight must be a number', { dtype });
  const values = dataset.read();
  if (values instanceof Float32Array) return values;
  // Legacy files of Keras 3 hold bfloat16 as two opaque bytes and do not name the type.
  if (dtype === 'opaque2') return bfloat16ToFloat32(values as Uint16Array);
  return Float32Array.from(values as ArrayLike<number | bigint>, Number);
}

/** Whether the shapes are equal. A size of null is any. */
export function sameShape(a: Shape, b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, i) => size === null || size === b[i]);
}
