// A kernel of this engine replaces the official kernel of its name. It calls that for what it does not cover, so that
// other dtypes, rare attributes and the errors for bad input stay official.

import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { util } from '@tensorflow/tfjs-core';
import { officialCpu } from '../../../tfjs/officialCpu.js';
import { type KernelArgs, type NamedKernel, typedKernel } from '../../../tfjs/registry.js';
import type { CpuBackend } from '../backend.js';
import type { WasmDevice } from '../runtime/device.js';

/** Inputs without `undefined`: the types of TensorFlow.js allow a missing input, which never occurs. */
type Given<Inputs> = { readonly [K in keyof Inputs]: NonNullable<Inputs[K]> };

export interface FastArgs<Inputs, Attrs> extends KernelArgs<Inputs, Attrs, CpuBackend> {
  readonly device: WasmDevice;
}

/** Makes a kernel. `kernelFunc` returns undefined to leave the work to the official kernel, or to one that corrects it. */
export function fastKernel<Inputs, Attrs = object>(
  kernelName: string,
  kernelFunc: (args: FastArgs<Given<Inputs>, Attrs>) => TensorInfo | TensorInfo[] | undefined,
  official = officialCpu.get(kernelName),
): NamedKernel {
  return typedKernel<Given<Inputs>, Attrs, CpuBackend>(kernelName, (args) => {
    const { inputs, attrs, backend } = args;
    const result = kernelFunc({ inputs, attrs, backend, device: deviceOf(backend) });
    return result ?? official(args as unknown as Parameters<KernelFunc>[0]);
  });
}

/** Whether all of these tensors are floats and none is empty. */
export function areFloats(...tensors: readonly TensorInfo[]): boolean {
  return tensors.every(({ dtype, shape }) => dtype === 'float32' && util.sizeFromShape(shape) > 0);
}

/** A tensor of 4-byte values. Movement programs treat floats and integers alike. */
export interface Words extends TensorInfo {
  readonly dtype: 'float32' | 'int32';
}

/** Whether a tensor has 4-byte values and is not empty. */
export function isWords(tensor: TensorInfo): tensor is Words {
  const { dtype, shape } = tensor;
  return (dtype === 'float32' || dtype === 'int32') && util.sizeFromShape(shape) > 0;
}

/** A tensor that shares the values under another shape, which is safe since tensors are immutable. */
export function shareAs(backend: CpuBackend, { dataId, dtype }: TensorInfo, shape: readonly number[]): TensorInfo {
  backend.incRef(dataId);
  return { dataId, dtype, shape: [...shape] };
}

/** The device of a backend. These kernels are registered only where there is one. */
export function deviceOf(backend: CpuBackend): WasmDevice {
  return backend.device as WasmDevice;
}

export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const n of shape) size *= n;
  return size;
}

export function isSameShape(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return false;
  }
  return true;
}
