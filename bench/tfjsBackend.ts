// A TensorFlow.js backend, ours or another, as a contestant.

import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import '../src/index.js';
import type { Task } from './measure.js';

export async function useBackend(name: string): Promise<void> {
  const exists = tf.findBackendFactory(name) != null && (await tf.setBackend(name));
  if (!exists) throw new Error(`useBackend: the backend must exist and start here; received name=${name}`);
}

/** `compute` must leave nothing behind but its result. */
export function tfjsTask(backend: string, compute: () => tf.Tensor, dispose: () => void): Task {
  const isGpu = /webgl|webgpu/.test(backend);
  return {
    enter: () => useBackend(backend),
    run() {
      const y = compute();
      if (isGpu) awaitOneValue(y);
      y.dispose();
    },
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
