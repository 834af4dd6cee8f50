// A TensorFlow.js backend, ours or another, as a contestant. `convnet-cpu@2` is our CPU engine with two threads; a name without
// a number means one thread, also where the engine would take more by itself. Each number of threads is a backend of its own:
// to change the number of a backend ends and starts workers, which must not be timed.

import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import '../src/index.js';
import { registerConvnetCpu } from '../src/backend/register.js';
import { cpuOptions } from '../src/engines/cpu/runtime/openDevice.js';
import { finishQueue, queue } from './gpuQueue.js';
import type { Task } from './measure.js';

export interface Contestant {
  /** As it is written before the number. */
  readonly engine: string;
  readonly threads: number;
  /** The name in TensorFlow.js. */
  readonly backend: string;
}

export function contestantOf(name: string): Contestant {
  const [engine, count = '1'] = name.split('@');
  const threads = Number(count);
  return { engine, threads, backend: engine === 'convnet-cpu' ? `${engine}-${threads}threads` : engine };
}

export async function useBackend(name: string): Promise<void> {
  const { engine, threads, backend } = contestantOf(name);
  if (backend !== engine && tf.findBackendFactory(backend) == null) {
    registerConvnetCpu(backend, { ...cpuOptions(), threads });
  }
  const exists = tf.findBackendFactory(backend) != null && (await tf.setBackend(backend));
  if (!exists) throw new Error(`useBackend: the backend must exist and start here; received name=${name}`);
}

export function isOnGpu(name: string): boolean {
  return /webgl/.test(name);
}

/** `compute` must leave nothing behind but its result; `read` uses a result and leaves nothing. */
export function tfjsTask(name: string, compute: () => tf.Tensor, dispose: () => void, read?: ReadResult): Task {
  const run = () => {
    const y = compute();
    read?.(y);
    y.dispose();
  };
  return {
    enter: () => useBackend(name),
    ...(isOnGpu(name) ? { run: () => queue(name, run), finish: finishQueue } : { run }),
    async read() {
      const y = compute();
      const values = await y.data<'float32'>();
      y.dispose();
      return values;
    },
    dispose,
  };
}

export type ReadResult = (y: tf.Tensor) => void;
