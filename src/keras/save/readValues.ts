// The values of a layer, brought from the device one tensor at a time, so that a GPU's weights never lie in memory twice
// there and no frame is blocked.

import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { ownState, ownVariables, shortName } from '../weights/ownState.js';
import type { Progress } from './saveProgress.js';

export interface StoredValue {
  readonly name: string;
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: Float32Array | Int32Array;
}

/** What a layer stores in Keras's order, LoRA merged into the kernel. */
export async function storedValues(layer: layers.Layer, progress: Progress): Promise<StoredValue[]> {
  const state = ownState(layer);
  const tensors = state.read();
  return readAll(tensors, state.names, progress);
}

/** A layer's variables as they are, those of LoRA included, in the order they were made. */
export async function rawValues(layer: layers.Layer, progress: Progress): Promise<StoredValue[]> {
  const variables = ownVariables(layer);
  const tensors = variables.map((variable) => variable.read().clone());
  return readAll(tensors, variables.map(shortName), progress);
}

/** Reads and disposes of the tensors. */
async function readAll(tensors: Tensor[], names: readonly string[], progress: Progress): Promise<StoredValue[]> {
  try {
    const found: StoredValue[] = [];
    for (const [i, tensor] of tensors.entries()) {
      progress.check();
      const values = await tensor.data();
      found.push({ name: names[i], shape: tensor.shape, values: values as Float32Array | Int32Array });
      progress.advance(tensor.size);
    }
    return found;
  } finally {
    dispose(tensors);
  }
}
