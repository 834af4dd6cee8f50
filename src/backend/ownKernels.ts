// Kernels of an engine run on that engine's backend alone: they reach into its memory. TensorFlow.js copies kernels to any
// backend (tf.copyRegisteredKernels), where they would fail with words that help nobody.

import type { KernelBackend, KernelConfig } from '@tensorflow/tfjs-core';
import { check } from '../core/errors.js';
import { type NamedKernel, wrapKernel } from '../tfjs/registry.js';

type Kernel = NamedKernel | KernelConfig;

/** Makes kernels refuse a backend that is none of theirs, and say how to have one of one's own. */
export function onlyOn(owner: abstract new (...args: never[]) => KernelBackend, kernels: readonly Kernel[]): Kernel[] {
  return kernels.map((kernel) => {
    return wrapKernel(kernel, (args) => {
      if (!(args.backend instanceof owner)) refuse(kernel.kernelName, args.backend as object);
      return kernel.kernelFunc(args);
    });
  });
}

function refuse(kernelName: string, backend: object): void {
  const rule =
    'a convnet kernel runs on a convnet backend alone; do not copy kernels to another one, but make a backend of your own ' +
    'with registerConvnet(name, { device, canvas }), and copy kernels to a backend that was registered so';
  check(false, kernelName, rule, { backend: backend.constructor.name });
}
