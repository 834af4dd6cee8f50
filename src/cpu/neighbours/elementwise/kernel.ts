// What the kernels of this folder share: the host's own kernel for all that a fast one does not cover.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type KernelArgs, type NamedKernel, typedKernel } from '../../../host/registry.js';
import { stockKernel } from '../../../host/stock.js';
import type { CpuBackend } from '../../backend.js';
import type { WasmDevice } from '../../device.js';

export type Args<Inputs, Attrs> = KernelArgs<Inputs, Attrs, CpuBackend>;

/** A kernel that hands over to the host's where `own` gives nothing. */
export function kernelOrStock<Inputs, Attrs = object>(
  kernelName: string,
  own: (args: Args<Inputs, Attrs>) => TensorInfo | undefined,
): NamedKernel {
  const stock = stockKernel('cpu', kernelName);
  return typedKernel<Inputs, Attrs, CpuBackend>(
    kernelName,
    (args) => own(args) ?? stock(args as unknown as Parameters<typeof stock>[0]),
  );
}

/** The kernels of this folder are installed only where there is a device. */
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
