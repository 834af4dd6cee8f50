// A TensorFlow.js backend, ours or another, as a contestant. `convnet-cpu@2` is our backend with two threads; a name without
// a number means one thread, also where the backend would take more by itself.

import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import * as convnet from '../src/index.js';
import type { Task } from './measure.js';

export interface Contestant {
  readonly backend: string;
  readonly threads: number;
}

export function contestantOf(name: string): Contestant {
  const [backend, threads = '1'] = name.split('@');
  return { backend, threads: Number(threads) };
}

type SetThreads = (count: number) => void | Promise<void>;
const setThreadsCount: SetThreads | undefined = Reflect.get(convnet, 'setThreadsCount');

/** Whether the package can be told how many threads to use. */
export const hasThreads = setThreadsCount !== undefined;

let threadsNow: number | undefined;

/** Gives whether the number of threads changed on the way. */
export async function useBackend(name: string): Promise<boolean> {
  const { backend, threads } = contestantOf(name);
  const exists = tf.findBackendFactory(backend) != null && (await tf.setBackend(backend));
  if (!exists) throw new Error(`useBackend: the backend must exist and start here; received name=${backend}`);
  if (!backend.startsWith('convnet')) return false;
  return useThreads(threads);
}

async function useThreads(threads: number): Promise<boolean> {
  if (threads > 1 && !setThreadsCount) throw new Error(`useThreads: one thread is all there is; received ${threads}`);
  if (!setThreadsCount || threads === threadsNow) return false;
  await setThreadsCount(threads);
  threadsNow = threads;
  return true;
}

/** `compute` must leave nothing behind but its result. */
export function tfjsTask(name: string, compute: () => tf.Tensor, dispose: () => void): Task {
  const isGpu = /webgl|webgpu/.test(name);
  const run = () => {
    const y = compute();
    if (isGpu) awaitOneValue(y);
    y.dispose();
  };
  return {
    async enter() {
      if (await useBackend(name)) run(); // the first run after a change may wake or start workers
    },
    run,
    async read() {
      const y = compute();
      const values = await y.data<'float32'>();
      y.dispose();
      return values;
    },
    dispose,
  };
}

/** Draws are queued. One value ends when the draw has; reading all of them would take longer than many a convolution. */
function awaitOneValue(y: tf.Tensor): void {
  const begin = y.shape.map(() => 0);
  const size = y.shape.map(() => 1);
  tf.tidy(() => tf.slice(y, begin, size).dataSync());
}
