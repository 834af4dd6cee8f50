// Tensors of TensorFlow.js's textures: their values where the CPU has them, and other shapes.

import { type DataType, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { officialWebgl } from '../../../tfjs/officialWebgl.js';
import type { WebglBackend } from '../backend.js';

/** A tensor's values where they are on the CPU. */
export function knownValues({ texData }: WebglBackend, { dataId }: TensorInfo): Float32Array | undefined {
  const { values, slice } = texData.get(dataId);
  return slice == null && values != null ? (values as Float32Array) : undefined;
}

/** A tensor without values, for which there is no texture. */
export function emptyTensor(backend: WebglBackend, shape: number[], dtype: DataType): TensorInfo {
  return backend.makeTensorInfo(shape, dtype, util.getTypedArrayFromDType(dtype as 'float32', 0));
}

/** The same values in another shape, as a tensor of its own. */
export function reshape(backend: WebglBackend, x: TensorInfo, shape: number[]): TensorInfo {
  return officialWebgl.get('Reshape')({ inputs: { x }, attrs: { shape }, backend }) as TensorInfo;
}

/** What `make` gives; disposes of `old` then. */
export function replaced(backend: WebglBackend, old: TensorInfo, make: () => TensorInfo): TensorInfo {
  const made = make();
  backend.disposeIntermediateTensorInfo(old);
  return made;
}
