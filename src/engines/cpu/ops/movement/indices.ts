// Indices that are values of a tensor.

import type { TensorInfo, TypedArray } from '@tensorflow/tfjs-core';
import type { CpuBackend } from '../../backend.js';

/**
 * @param indices [..., depth] integers: coordinates along the first `depth` dimensions of `shape`.
 * @throws If one is out of range, with the words of TensorFlow.js. That compares no more than the position in memory, so it
 * takes values of a neighbouring row where a coordinate is out of range but the position is not; TensorFlow throws there.
 */
export function checkIndices(backend: CpuBackend, indices: TensorInfo, shape: readonly number[]): void {
  const values = backend.data.get(indices.dataId).values as TypedArray;
  const depth = indices.shape[indices.shape.length - 1];
  for (let start = 0; start < values.length; start += depth) {
    for (let j = 0; j < depth; j++) {
      if (values[start + j] >= 0 && values[start + j] < shape[j]) continue;
      throw new Error(`Invalid indices: ${values.slice(start, start + depth)} does not index into ${shape}`);
    }
  }
}
