// TensorFlow.js's cpu kernels of complex tensors take operands of fewer axes for tensors of one row, and read NaN beyond it.
// With axes of length 1 in front they broadcast as NumPy does.

import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { type NamedKernel, wrapKernel } from '../tfjs/registry.js';

const names: ReadonlySet<string> = new Set(['Add', 'Sub', 'Multiply']);

/** Makes the kernels of sums and products of complex tensors see operands of as many axes. */
export function withComplexBroadcast(kernels: readonly (NamedKernel | KernelConfig)[]): (NamedKernel | KernelConfig)[] {
  return kernels.map((kernel) => {
    if (!names.has(kernel.kernelName)) return kernel;
    return wrapKernel(kernel, (args) => {
      const { a, b } = args.inputs as Record<'a' | 'b', TensorInfo>;
      const rank = Math.max(a.shape.length, b.shape.length);
      if (a.dtype !== 'complex64' || a.shape.length === b.shape.length) return kernel.kernelFunc(args);
      return kernel.kernelFunc({ ...args, inputs: { a: aligned(a, rank), b: aligned(b, rank) } });
    });
  });
}

function aligned(x: TensorInfo, rank: number): TensorInfo {
  return { ...x, shape: [...new Array<number>(rank - x.shape.length).fill(1), ...x.shape] };
}
