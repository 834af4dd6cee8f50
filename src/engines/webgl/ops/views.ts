// Tensors of TensorFlow.js's textures under other shapes.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { officialWebgl } from '../../../tfjs/officialWebgl.js';
import type { WebglBackend } from '../backend.js';

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
