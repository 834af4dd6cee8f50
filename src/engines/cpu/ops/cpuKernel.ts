// How a kernel of ours stands in for the host's: for what it does not cover the host's is called, so that dtypes, rare
// attributes and the errors of bad input are the host's.

import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { util } from '@tensorflow/tfjs-core';
import { officialKernel } from '../../../tfjs/officialKernels.js';
import { type KernelArgs, type NamedKernel, typedKernel } from '../../../tfjs/registry.js';
import type { CpuBackend } from '../backend.js';
import type { WasmDevice } from '../runtime/device.js';

/** The host's types leave open that an input is missing, which it never is. */
type Given<Inputs> = { readonly [K in keyof Inputs]: NonNullable<Inputs[K]> };

export interface FastArgs<Inputs, Attrs> extends KernelArgs<Inputs, Attrs, CpuBackend> {
  readonly device: WasmDevice;
}

/** A kernel that returns undefined for what is left to the host's. */
export function fastKernel<Inputs, Attrs = object>(
  kernelName: string,
  kernelFunc: (args: FastArgs<Given<Inputs>, Attrs>) => TensorInfo | TensorInfo[] | undefined,
): NamedKernel {
  const stock = officialKernel('cpu', kernelName);
  return typedKernel<Given<Inputs>, Attrs, CpuBackend>(kernelName, (args) => {
    const { inputs, attrs, backend } = args;
    const result = kernelFunc({ inputs, attrs, backend, device: deviceOf(backend) });
    return result ?? stock(args as unknown as Parameters<KernelFunc>[0]);
  });
}

/** Whether all of these are floats, with values. */
export function areFloats(...tensors: readonly TensorInfo[]): boolean {
  return tensors.every(({ dtype, shape }) => dtype === 'float32' && util.sizeFromShape(shape) > 0);
}

/** A tensor whose values are 4 bytes each, which the movement programs do not tell apart. */
export interface Words extends TensorInfo {
  readonly dtype: 'float32' | 'int32';
}

/** Whether a tensor has values, of 4 bytes. */
export function isWords(tensor: TensorInfo): tensor is Words {
  const { dtype, shape } = tensor;
  return (dtype === 'float32' || dtype === 'int32') && util.sizeFromShape(shape) > 0;
}

/** The same values in another shape; tensors are immutable, so they may be shared. */
export function shareAs(backend: CpuBackend, { dataId, dtype }: TensorInfo, shape: readonly number[]): TensorInfo {
  backend.incRef(dataId);
  return { dataId, dtype, shape: [...shape] };
}

/** The neighbours are installed only where there is a device. */
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
