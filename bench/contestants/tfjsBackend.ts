// A TensorFlow.js backend, ours or another, as a contestant. `convnet-cpu@2` is our CPU engine with two threads; a name
// without a number means one thread, also where the engine would take more by itself. Each number of threads is a
// backend of its own: to change the number of a backend ends and starts workers, which must not be timed.
// `convnet-cpu-128` is our CPU engine without vectors of 256 bits.

import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import '../../src/index.js';
import { registerConvnetCpu } from '../../src/backend/cpu.js';
import { cpuOptions } from '../../src/engines/cpu/runtime/openDevice.js';
import type { ReadFile } from '../../test/support/models/index.js';
import { finishQueue, queue } from '../measure/gpuQueue.js';
import { randomValues } from '../measure/randomValues.js';
import type { Task } from '../measure/turns.js';
import type { Call } from '../tables/calls.js';
import type { BenchModel } from '../tables/models.js';
import type { Op } from '../tables/ops.js';

/** The contestant's name in TensorFlow.js. */
export function backendOf(contestant: string): string {
  const [engine, threads = '1'] = contestant.split('@');
  return isOurCpu(contestant) ? `${engine}-${threads}threads` : engine;
}

const isOurCpu = (contestant: string): boolean => /^convnet-cpu(-128)?(@|$)/.test(contestant);

export async function useBackend(contestant: string): Promise<void> {
  const backend = backendOf(contestant);
  if (isOurCpu(contestant) && tf.findBackendFactory(backend) == null) {
    const [engine, threads = '1'] = contestant.split('@');
    const narrow = engine.endsWith('-128') ? ({ revec: 'off' } as const) : {};
    registerConvnetCpu(backend, { ...cpuOptions(), ...narrow, threads: Number(threads) });
  }
  const exists = tf.findBackendFactory(backend) != null && (await tf.setBackend(backend));
  if (!exists) throw new Error(`useBackend: the backend must exist and start here; received name=${contestant}`);
}

export const isOnWebgl = (contestant: string): boolean => /webgl/.test(contestant);
const isOnGpu = (contestant: string): boolean => isOnWebgl(contestant) || contestant === 'webgpu';

type Owned = readonly { dispose(): unknown }[];
type Results = tf.Tensor | tf.Tensor[];
type UseResult = (y: tf.Tensor) => void;

/** `compute` must leave nothing behind but its results, `use` nothing. */
export function tfjsTask(contestant: string, compute: () => Results, owned: Owned, use?: UseResult): Task {
  const run = () => {
    const results = compute();
    for (const y of [results].flat()) use?.(y);
    tf.dispose(results);
  };
  return {
    enter: () => useBackend(contestant),
    ...(isOnWebgl(contestant) ? { run: () => queue(contestant, run), finish: finishQueue } : { run }),
    async read() {
      const results = [compute()].flat();
      const values = await Promise.all(results.map((y) => y.data<'float32'>()));
      tf.dispose(results);
      return values.length === 1 ? values[0] : joined(values);
    },
    dispose: () => owned.forEach((one) => void one.dispose()),
  };
}

/** One after the other. */
function joined(parts: readonly ArrayLike<number>[]): Float32Array {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Undefined where the backend has no kernel for it. */
export async function tfjsOpTask(contestant: string, op: Op): Promise<Task | undefined> {
  const { kernel, shapes, compute, range, dtypes } = op;
  await useBackend(contestant);
  if (!tf.getKernel(kernel, backendOf(contestant))) return undefined;
  const random = randomValues(1, range);
  const operands = shapes.map((shape, i) => {
    // Rounded down before: TensorFlow.js takes the values as they are where their array has the dtype's type alone.
    const values = random(shape);
    const dtype = dtypes?.[i] ?? 'float32';
    const whole = dtype === 'float32' ? values : Array.from(values, dtype === 'int32' ? Math.floor : Math.round);
    return tf.tensor<tf.Rank>(whole, [...shape], dtype) as tf.Tensor4D;
  });
  return tfjsTask(contestant, () => compute(operands), operands);
}

/** Its operands live as long as the process or page. */
export async function tfjsCallTask(contestant: string, { make }: Call): Promise<Task> {
  await useBackend(contestant);
  return tfjsTask(contestant, make(), []);
}

/** Loads the model: weights stay where they were first used. On a GPU a run ends when the values are in JavaScript. */
export async function tfjsModelTask(contestant: string, model: BenchModel, readFile: ReadFile): Promise<Task> {
  await useBackend(contestant);
  const { size, brightest, dtype = 'float32' } = model;
  const loaded = await model.load(readFile);
  const pixels = randomValues(1, [0, brightest])([1, size, size, 3]);
  const x = tf.tensor4d(dtype === 'int32' ? Array.from(pixels, Math.round) : pixels, [1, size, size, 3], dtype);
  const task = tfjsTask(contestant, () => tf.tidy(() => loaded.predict(x) as Results), [x, loaded]);
  return isOnGpu(contestant) ? { ...task, run: async () => void (await task.read()), finish: undefined } : task;
}
