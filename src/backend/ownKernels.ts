// Kernels of an engine run on that engine's backend alone: they reach into its memory. TensorFlow.js copies kernels to any
// backend (tf.copyRegisteredKernels), where they would fail with words that help nobody.

import type { KernelBackend, KernelConfig } from '@tensorflow/tfjs-core';
import { check } from '../core/errors.js';
import { CpuBackend } from '../engines/cpu/backend.js';
import type { NamedKernel } from '../tfjs/registry.js';

type Kernel = NamedKernel | KernelConfig;

/** Makes kernels refuse a backend that is none of theirs, and say how to have one of one's own. */
export function onlyOn(owner: abstract new (...args: never[]) => KernelBackend, kernels: readonly Kernel[]): Kernel[] {
  return kernels.map((kernel) => ({
    ...kernel,
    kernelFunc: (args) => {
      if (!(args.backend instanceof owner)) refuse(kernel.kernelName, args.backend as object);
      return kernel.kernelFunc(args);
    },
  }));
}

/** Makes kernels give back what they have made when they throw. */
export function leavingNothing(kernels: readonly Kernel[]): Kernel[] {
  return kernels.map((kernel) => ({
    ...kernel,
    kernelFunc: (args) => {
      const { backend } = args; // not ours where the user has copied an inherited kernel
      return backend instanceof CpuBackend ? backend.cleanly(() => kernel.kernelFunc(args)) : kernel.kernelFunc(args);
    },
  }));
}

function refuse(kernelName: string, backend: object): void {
  const rule =
    'a convnet kernel runs on a convnet backend alone; do not copy kernels to another one, but make a backend of your own ' +
    'with registerConvnet(name, { device, canvas }), and copy kernels to a backend that was registered so';
  check(false, kernelName, rule, { backend: backend.constructor.name });
}
