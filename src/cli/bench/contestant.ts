// A model on one backend. Each backend has a model of its own, so that weights do not move from one backend to another
// at every turn.

import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Output } from '../../pictures/modelOutputs.js';
import { predictValues } from '../../pictures/predictValues.js';
import { startBackend } from '../shared/startBackend.js';
import { makeRandomInputs } from './randomInputs.js';
import { type LayerTime, timeLayers } from './timeLayers.js';

export interface Contestant {
  readonly backend: string;
  readonly model: LayersModel;
  readonly inputs: readonly tf.Tensor[];
  readonly loadMs: number;
  readonly firstMs: number;
  readonly first: readonly Output[];
  /** The times of the predictions after the first, in milliseconds. */
  readonly times: number[];
}

export interface Memory {
  readonly tensors: number;
  readonly tensorBytes: number;
  /** The size of the CPU engine's WebAssembly memory; absent on other backends. */
  readonly heapBytes?: number;
  readonly peakHeapBytes?: number;
}

/** Loads a model on a backend and times its first prediction. */
export async function enter(
  backend: string,
  load: () => Promise<LayersModel>,
  shapesOf: (model: LayersModel) => number[][],
): Promise<Contestant> {
  await startBackend(backend);
  const start = performance.now();
  const model = await load();
  const loadMs = performance.now() - start;
  const inputs = makeRandomInputs(model, shapesOf(model));
  const { ms: firstMs, result: first } = await time(() => predictValues(model, inputs));
  return { backend, model, inputs, loadMs, firstMs, first, times: [] };
}

/** Runs and times one prediction. */
export async function takeTurn({ backend, model, inputs, times }: Contestant): Promise<void> {
  if (tf.getBackend() !== backend) await startBackend(backend);
  const { ms } = await time(() => predictValues(model, inputs));
  times.push(ms);
}

/** Times each layer over some predictions. */
export async function measureLayers({ backend, model, inputs }: Contestant, runs: number): Promise<LayerTime[]> {
  await startBackend(backend);
  return timeLayers(model, runs, async () => {
    for (let i = 0; i < runs; i++) await predictValues(model, inputs);
  });
}

/** The memory that the model takes. Its backend must be the current one. */
export function memoryOf({ model, inputs }: Contestant): Memory {
  const own = [...new Set(model.weights.map((weight) => weight.read())), ...inputs];
  const { numBytesInHeap, peakBytesInHeap } = tf.memory() as tf.MemoryInfo & Record<string, number | undefined>;
  return {
    tensors: own.length,
    tensorBytes: own.reduce((sum, { size }) => sum + 4 * size, 0),
    heapBytes: numBytesInHeap,
    peakHeapBytes: peakBytesInHeap,
  };
}

async function time<T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const start = performance.now();
  const result = await work();
  return { ms: performance.now() - start, result };
}
