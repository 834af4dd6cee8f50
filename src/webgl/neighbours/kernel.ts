// How a kernel on the block layout stands in for the host's: it runs where an operand is in blocks already, and for all that
// it does not cover the host's is called, so that dtypes, rare attributes and the errors of bad input are the host's.

import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { type KernelArgs, type NamedKernel, typedKernel } from '../../host/registry.js';
import { stockKernel } from '../../host/stock.js';
import type { WebglBackend } from '../backend.js';

/** The host's types leave open that an input is missing, which it never is. */
type Given<Inputs> = { readonly [K in keyof Inputs]: NonNullable<Inputs[K]> };

export type BlockArgs<Inputs, Attrs = object> = KernelArgs<Given<Inputs>, Attrs, WebglBackend>;

/** A kernel that returns undefined for what is left to the host's. */
export function blockKernel<Inputs, Attrs = object>(
  kernelName: string,
  kernelFunc: (args: BlockArgs<Inputs, Attrs>) => TensorInfo | TensorInfo[] | undefined,
): NamedKernel {
  const stock = stockKernel('webgl', kernelName);
  return typedKernel<Given<Inputs>, Attrs, WebglBackend>(kernelName, (args) => {
    return kernelFunc(args) ?? stock(args as unknown as Parameters<KernelFunc>[0]);
  });
}
