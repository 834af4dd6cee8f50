// How a kernel on the tiled layout stands in for TensorFlow.js's: it runs where an operand is in tiles already, and for all that
// it does not cover TensorFlow.js's is called, so that dtypes, rare attributes and the errors of bad input are TensorFlow.js's.

import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { util } from '@tensorflow/tfjs-core';
import { officialKernel } from '../../../tfjs/officialKernels.js';
import { type KernelArgs, type NamedKernel, typedKernel } from '../../../tfjs/registry.js';
import type { WebglBackend } from '../backend.js';
import type { TiledTensor } from '../tensors/tensorStore.js';

/** TensorFlow.js's types leave open that an input is missing, which it never is. */
type Given<Inputs> = { readonly [K in keyof Inputs]: NonNullable<Inputs[K]> };

export type TiledArgs<Inputs, Attrs = object> = KernelArgs<Given<Inputs>, Attrs, WebglBackend>;

/** A kernel that returns undefined for what is left to TensorFlow.js's. */
export function tiledKernel<Inputs, Attrs = object>(
  kernelName: string,
  kernelFunc: (args: TiledArgs<Inputs, Attrs>) => TensorInfo | TensorInfo[] | undefined,
): NamedKernel {
  const stock = officialKernel('webgl', kernelName);
  return typedKernel<Given<Inputs>, Attrs, WebglBackend>(kernelName, (args) => {
    return kernelFunc(args) ?? stock(args as unknown as Parameters<KernelFunc>[0]);
  });
}

/** The form in tiles of a tensor of floats, if it has one. */
export function findFloats({ tensors }: WebglBackend, x: TensorInfo): TiledTensor | undefined {
  return x.dtype === 'float32' ? tensors.find(x) : undefined;
}

/** A tensor's values where they are known without asking the device. */
export function knownValues({ texData }: WebglBackend, { dataId }: TensorInfo): Float32Array | undefined {
  const { values, slice } = texData.get(dataId);
  return slice == null && values != null ? (values as Float32Array) : undefined;
}

/** The same values in another shape; tensors are immutable, so they may be shared. */
export function reshaped(backend: WebglBackend, { dataId, dtype }: TensorInfo, shape: readonly number[]): TensorInfo {
  backend.incRef(dataId);
  return { dataId, dtype, shape: [...shape] };
}

export const sizeOf = util.sizeFromShape as (shape: readonly number[]) => number;
