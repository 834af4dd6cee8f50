// Kernels that the official `webgl` backend lacks (`Draw`, the gradients of `Dilation2D`) run as `cpu` kernels: tensors move
// to the CPU and results move back. A missing kernel must not stop a model.

import type { KernelBackend, KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { check } from '../core/errors.js';
import { newOfficialCpuBackend } from '../tfjs/officialCpu.js';
import { type NamedKernel, typedKernel } from '../tfjs/registry.js';

/** The part of a device backend that moves data. */
export interface DataBackend extends KernelBackend {
  makeTensorInfo(shape: number[], dtype: TensorInfo['dtype'], values?: unknown): TensorInfo;
}

type Inputs = Record<string, TensorInfo | TensorInfo[] | undefined>;

const warned = new Set<string>();

/** The kernels of `cpu` that `webgl` lacks, wrapped to run for a WebGL backend. */
export function fallbackKernels(cpu: readonly KernelConfig[], webgl: readonly KernelConfig[]): NamedKernel[] {
  const present = new Set(webgl.map(({ kernelName }) => kernelName));
  return cpu.filter(({ kernelName }) => !present.has(kernelName)).map(onCpu);
}

function onCpu({ kernelName, kernelFunc }: KernelConfig): NamedKernel {
  return typedKernel<Inputs, never, DataBackend>(kernelName, ({ inputs, attrs, backend }) => {
    warnOnce(kernelName);
    const cpu = newOfficialCpuBackend();
    const originals = new Map<object, TensorInfo>();
    const toCpu = (tensor: TensorInfo): TensorInfo => {
      check(tensor.dtype !== 'complex64', kernelName, 'complex tensors cannot move to the cpu kernels', {
        dtype: tensor.dtype,
      });
      const info = cpu.makeTensorInfo(tensor.shape, tensor.dtype, backend.readSync(tensor.dataId) as never);
      originals.set(info.dataId, tensor);
      return Object.assign(info, { rank: tensor.shape.length }); // some kernels ask for a Tensor's rank
    };
    const moved = Object.fromEntries(
      Object.entries(inputs).map(([name, input]) => [
        name,
        Array.isArray(input) ? input.map(toCpu) : input && toCpu(input),
      ]),
    );
    const outputs = kernelFunc({ inputs: moved as never, attrs, backend: cpu });
    const back = ({ dataId, shape, dtype }: TensorInfo): TensorInfo => {
      // A kernel that hands back its input (`Draw`) must hand back the one it was given.
      return originals.get(dataId) ?? backend.makeTensorInfo(shape, dtype, cpu.readSync(dataId));
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
