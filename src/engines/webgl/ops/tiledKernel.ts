// How a tiled kernel takes the place of TensorFlow.js's kernel of its name. It runs where an operand is tiled already.
// In all cases that it does not cover it calls TensorFlow.js's, which so decides on dtypes, rare attributes and errors
// of bad input, and it calls that one for good when the self-test finds the tiled kernel wrong on this device.

import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { util } from '@tensorflow/tfjs-core';
import { type KernelArgs, type NamedKernel, typedKernel } from '../../../tfjs/registry.js';
import type { WebglBackend } from '../backend.js';
import type { TiledTensor } from '../tensors/tiledTensor.js';
import { untiledKernel } from './elementwise/untiled.js';
import { smallFirst } from './flat/index.js';
import { opTest, type TiledCall, type TiledFunc } from './opSelfTest.js';

/** By TensorFlow.js's types an input may be missing, which never happens. */
type Given<Inputs> = { readonly [K in keyof Inputs]: NonNullable<Inputs[K]> };

export type TiledArgs<Inputs, Attrs = object> = KernelArgs<Given<Inputs>, Attrs, WebglBackend>;

/**
 * @param kernelFunc Returns undefined for cases that are left to TensorFlow.js's kernel.
 * @param official Default: the kernel on TensorFlow.js's textures, which is that of TensorFlow.js or its correction.
 */
export function tiledKernel<Inputs, Attrs = object>(
  kernelName: string,
  kernelFunc: (args: TiledArgs<Inputs, Attrs>) => TensorInfo | TensorInfo[] | undefined,
  official = untiledKernel(kernelName),
): NamedKernel {
  const run = kernelFunc as unknown as TiledFunc;
  const rest = smallFirst(kernelName, official);
  return typedKernel<Given<Inputs>, Attrs, WebglBackend>(kernelName, (args) => {
    const given = args as unknown as Parameters<KernelFunc>[0];
    return checkedRun(kernelName, run, given, args.backend) ?? rest(given);
  });
}

/** Undefined too if the self-test of what it has drawn with fails: nobody sees the result then. */
function checkedRun(kernelName: string, run: TiledFunc, args: Parameters<KernelFunc>[0], backend: WebglBackend) {
  const { selfTest } = backend;
  if (selfTest.barred.has(kernelName)) return undefined;
  const since = backend.texData.computed;
  const { result, keys } = backend.tensors.drawer.noting(() => run(args));
  const own = result === undefined ? [] : keys.filter((key) => !isTestedElsewhere(kernelName, key));
  if (own.length === 0) return result;
  const kind = `${kernelName}: ${own.join(', ')}`;
  const { inputs, attrs } = args as unknown as Pick<TiledCall, 'inputs' | 'attrs'>;
  const test = selfTest.has(kind) ? undefined : opTest({ kernelName, run, inputs, attrs, backend, keys: own });
  if (selfTest.check(kind, test, since)) return result;
  selfTest.barred.add(kernelName);
  for (const info of [result ?? []].flat()) backend.disposeIntermediateTensorInfo(info);
  return undefined;
}

/** Programs that a kernel draws with to have its operands, and activations of matrix products (applyActivation.ts). */
function isTestedElsewhere(kernelName: string, key: string): boolean {
  const isActivation = kernelName === '_FusedMatMul' && key.startsWith('glsl/tiled/elementwise/unary');
  return isActivation || /^glsl\/tiled\/(conv|depthwise|winograd|layout)\//.test(key);
}

/** A tensor of floats in the tiled layout, if it is there. */
export function findFloats({ tensors }: WebglBackend, x: TensorInfo): TiledTensor | undefined {
  return x.dtype === 'float32' ? tensors.find(x) : undefined;
}

/** The same values in another shape; tensors are immutable, so they may be shared. */
export function reshaped(backend: WebglBackend, { dataId, dtype }: TensorInfo, shape: readonly number[]): TensorInfo {
  backend.incRef(dataId);
  return { dataId, dtype, shape: [...shape] };
}

export const sizeOf = util.sizeFromShape as (shape: readonly number[]) => number;
