// Checks the attributes of 2D pooling before a kernel of any engine, own or official, sees them: with padding in numbers
// and no rounding mode all of them compute the same sizes (src/core/pool.ts).

import type { KernelConfig, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { type PoolAttrs, resolvePool } from '../core/pool.js';
import type { NamedKernel } from '../tfjs/registry.js';

/** The name of the input that has the images' shape. */
const imagesOf: Readonly<Record<string, string>> = {
  MaxPool: 'x',
  AvgPool: 'x',
  MaxPoolGrad: 'input',
  AvgPoolGrad: 'input',
};

/** Replaces the pooling kernels of a list by kernels that check their attributes first. */
export function withResolvedPooling(kernels: readonly (NamedKernel | KernelConfig)[]): (NamedKernel | KernelConfig)[] {
  return kernels.map((kernel) => {
    const images = imagesOf[kernel.kernelName];
    return images ? { ...kernel, kernelFunc: resolved(kernel.kernelName, images, kernel.kernelFunc) } : kernel;
  });
}

function resolved(where: string, images: string, kernelFunc: KernelFunc): KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const x = (inputs as unknown as Record<string, TensorInfo>)[images];
    const { window, strides, pad } = resolvePool(where, x.shape, attrs as unknown as PoolAttrs);
    const own = { ...attrs, filterSize: window, strides, pad, dimRoundingMode: undefined };
    return kernelFunc({ inputs, attrs: own as never, backend });
  };
}
