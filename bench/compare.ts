// One layer or one model on several backends, in this process or page: check every result, then time them in turns.
// Requests and answers are plain data, because they cross into the page.

import * as tf from '@tensorflow/tfjs';
import type { ReadFile } from '../test/models/index.js';
import { type Budget, checkResult, type Entry, type Task, type Timing, timeInTurns } from './measure.js';
import { modelNamed, tfjsModelTask } from './models.js';
import { type Pass, problemOf } from './problem.js';
import { layerNamed } from './shapes.js';
import { tfjsConvTask } from './tfjsConv.js';

export interface LayerRequest {
  readonly layer: string;
  readonly pass: Pass;
  /** Ours first. */
  readonly backends: readonly string[];
  readonly budget: Budget;
}

export interface ModelRequest {
  readonly model: string;
  readonly backends: readonly string[];
  readonly budget: Budget;
}

export interface FirstRequest {
  readonly model: string;
  readonly backend: string;
}

export interface FirstPrediction {
  /** From the call to the values of the result; the backend is started and the weights are loaded before. */
  readonly ms: number;
  /** Of all textures, also those kept for later use. */
  readonly gpuBytes?: number;
  /** GPU programs linked. */
  readonly programs?: number;
}

/** What a process or a page can be asked for. */
export interface Comparisons {
  layer(request: LayerRequest): Promise<Timing[]>;
  model(request: ModelRequest): Promise<Timing[]>;
  /** Compiled code and GPU programs stay: ask once in the life of a process or page. */
  first(request: FirstRequest): Promise<FirstPrediction>;
}

export function comparisons(readFile: ReadFile): Comparisons {
  return {
    /** A backend that cannot compute the pass is left out. */
    async layer({ layer, pass, backends, budget }) {
      const problem = problemOf(layerNamed(layer), pass);
      const title = `${layer} ${pass}`;
      const make = (backend: string) => tfjsConvTask(backend, problem);
      return checkAndTime({ title, backends, budget, make, expected: problem.expected });
    },
    async model({ model: title, backends, budget }) {
      const model = modelNamed(title);
      const make = (backend: string) => tfjsModelTask(backend, model, readFile);
      const reference = await make('cpu');
      const expected = await reference.read();
      reference.dispose();
      return checkAndTime({ title, backends, budget, make, expected });
    },
    async first({ model, backend }) {
      const task = await tfjsModelTask(backend, modelNamed(model), readFile);
      const start = performance.now();
      await task.read();
      const ms = performance.now() - start;
      const { numBytesInGPUAllocated: gpuBytes } = tf.memory() as tf.MemoryInfo & { numBytesInGPUAllocated?: number };
      return { ms, gpuBytes };
    },
  };
}

interface Contest {
  readonly title: string;
  readonly backends: readonly string[];
  readonly budget: Budget;
  readonly expected: Float32Array;
  make(backend: string): Promise<Task | undefined>;
}

async function checkAndTime({ title, backends, budget, expected, make }: Contest): Promise<Timing[]> {
  const entries: Entry[] = [];
  try {
    for (const name of backends) {
      const task = await make(name);
      if (!task) continue;
      const start = performance.now();
      const values = await task.read();
      entries.push({ name, task, firstMs: performance.now() - start });
      checkResult(`${title} on ${name}`, values, expected);
    }
    return await timeInTurns(entries, budget);
  } finally {
    for (const { task } of entries) {
      await task.enter();
      task.dispose();
    }
  }
}
