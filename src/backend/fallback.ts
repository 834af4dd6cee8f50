// A kernel that the host backend lacks (`Draw` and the gradients of `Dilation2D` on WebGL) runs on the `cpu` kernel, with
// the tensors moved there and the results moved back: a missing kernel must not stop a model.

import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { KernelBackend, KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { check } from '../errors.js';
import { type NamedKernel, typedKernel } from './registry.js';

/** The part of a device backend that moves data. */
export interface DataBackend extends KernelBackend {
  makeTensorInfo(shape: number[], dtype: TensorInfo['dtype'], values?: unknown): TensorInfo;
}

type Inputs = Record<string, TensorInfo | TensorInfo[] | undefined>;

const warned = new Set<string>();

/** Kernels of `cpu` that `host` has none for, wrapped to run on behalf of a backend of another kind. */
export function fallbackKernels(cpu: readonly KernelConfig[], host: readonly KernelConfig[]): NamedKernel[] {
  const present = new Set(host.map(({ kernelName }) => kernelName));
  return cpu.filter(({ kernelName }) => !present.has(kernelName)).map(onCpu);
}

function onCpu({ kernelName, kernelFunc }: KernelConfig): NamedKernel {
  return typedKernel<Inputs, never, DataBackend>(kernelName, ({ inputs, attrs, backend }) => {
    warnOnce(kernelName);
    const cpu = new MathBackendCPU();
    const toCpu = (tensor: TensorInfo): TensorInfo => {
      check(tensor.dtype !== 'complex64', kernelName, 'complex tensors cannot move to the cpu kernels', {
        dtype: tensor.dtype,
      });
      return cpu.makeTensorInfo(tensor.shape, tensor.dtype, backend.readSync(tensor.dataId) as never);
    };
    const moved = Object.fromEntries(
      Object.entries(inputs).map(([name, input]) => [
        name,
        Array.isArray(input) ? input.map(toCpu) : input && toCpu(input),
      ]),
    );
    const outputs = kernelFunc({ inputs: moved as never, attrs, backend: cpu });
    const back = (output: TensorInfo) => {
      const values = cpu.readSync(output.dataId);
      return backend.makeTensorInfo(output.shape, output.dtype, values);
    };
    return Array.isArray(outputs) ? outputs.map(back) : back(outputs);
  });
}

function warnOnce(kernelName: string): void {
  if (warned.has(kernelName)) return;
  warned.add(kernelName);
  const message = `convnet: ${kernelName} has no WebGL kernel; it runs on the CPU, with its tensors moved there and back`;
  console.warn(message);
}
