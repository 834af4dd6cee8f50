// What listens to a backend while a model is captured (src/engines/webgl/capture). This is the one hook beside that of the
// textures (gl/budget.ts): kernels know nothing of it, because draws, uploads and reads are seen at the WebGL context.

import type { DataId } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '../../tfjs/kernelInputs.js';

/** A call of a kernel under a name of TensorFlow.js. */
export interface KernelCall {
  readonly kernelName: string;
  readonly inputs: KernelInputs;
}

export interface Recording {
  /** Runs a kernel. */
  kernel<T>(call: KernelCall, run: () => T): T;
  /** Data come into being. */
  made(dataId: DataId): void;
  /** Runs work that no replay repeats, such as a self-test. */
  aside<T>(work: () => T): T;
}
