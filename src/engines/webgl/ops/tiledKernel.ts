// How a tiled kernel takes the place of TensorFlow.js's kernel of its name. It runs where an operand is tiled already.
// In all cases that it does not cover it calls TensorFlow.js's, which so decides on dtypes, rare attributes and errors
// of bad input.

import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { util } from '@tensorflow/tfjs-core';
import { officialKernel } from '../../../tfjs/officialKernels.js';
import { type KernelArgs, type NamedKernel, typedKernel } from '../../../tfjs/registry.js';
import type { WebglBackend } from '../backend.js';
import type { TiledTensor } from '../tensors/tiledTensor.js';

/** By TensorFlow.js's types an input may be missing, which never happens. */
type Given<Inputs> = { readonly [K in keyof Inputs]: NonNullable<Inputs[K]> };

export type TiledArgs<Inputs, Attrs = object> = KernelArgs<Given<Inputs>, Attrs, WebglBackend>;

/**
 * @param kernelFunc Returns undefined for cases that are left to TensorFlow.js's kernel.
 * @param official Default: TensorFlow.js's kernel as it is.
 */
export function tiledKernel<Inputs, Attrs = object>(
  kernelName: string,
  kernelFunc: (args: TiledArgs<Inputs, Attrs>) => TensorInfo | TensorInfo[] | undefined,
  official = officialKernel('webgl', kernelName),
): NamedKernel {
  return typedKernel<Given<Inputs>, Attrs, WebglBackend>(kernelName, (args) => {
    return kernelFunc(args) ?? official(args as unknown as Parameters<KernelFunc>[0]);
  });
}

/** A tensor of floats in the tiled layout, if it is there. */
export function findFloats({ tensors }: WebglBackend, x: TensorInfo): TiledTensor | undefined {
  return x.dtype === 'float32' ? tensors.find(x) : undefined;
}

/** A tensor's values where they are on the CPU. */
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
