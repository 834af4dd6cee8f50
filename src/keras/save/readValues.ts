// Reads the values of a layer from the device one tensor at a time, so that the GPU never holds all weights twice and
// the page is not blocked.

import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { ownState, ownVariables, shortName } from '../weights/ownState.js';
import type { SaveProgress } from './saveProgress.js';

export interface WeightValue {
  readonly name: string;
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: Float32Array | Int32Array;
}

/** Reads the values that a layer stores, in Keras's order, with LoRA merged into the kernel. */
export async function readStoredValues(layer: layers.Layer, progress: SaveProgress): Promise<WeightValue[]> {
  const state = ownState(layer);
  const tensors = state.read();
  return readAll(tensors, state.names, progress);
}

/** Reads a layer's variables as they are, with those of LoRA, in the order of their creation. */
export async function readRawValues(layer: layers.Layer, progress: SaveProgress): Promise<WeightValue[]> {
  const variables = ownVariables(layer);
  const tensors = variables.map((variable) => variable.read().clone());
  return readAll(tensors, variables.map(shortName), progress);
}

/** Reads and disposes of the tensors. */
async function readAll(tensors: Tensor[], names: readonly string[], progress: SaveProgress): Promise<WeightValue[]> {
  try {
    const found: WeightValue[] = [];
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
