// Checks the attributes of 2D pooling and dilation before a kernel of any engine, own or official, sees them: with padding in numbers
// and no rounding mode all of them compute the same sizes (src/core/pool.ts).

import type { KernelConfig, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { type ConvAttrs, resolveConv } from '../core/conv.js';
import { type PoolAttrs, resolvePool } from '../core/pool.js';
import type { NamedKernel } from '../tfjs/registry.js';

/** The name of the input that has the images' shape. */
const imagesOf: Readonly<Record<string, string>> = {
  MaxPool: 'x',
  AvgPool: 'x',
  MaxPoolGrad: 'input',
  AvgPoolGrad: 'input',
};

/** Their windows slide as those of a depthwise convolution. */
const dilations: ReadonlySet<string> = new Set(['Dilation2D', 'Dilation2DBackpropInput', 'Dilation2DBackpropFilter']);

/** Replaces the pooling and dilation kernels of a list by kernels that check their attributes first. */
export function withResolvedPooling(kernels: readonly (NamedKernel | KernelConfig)[]): (NamedKernel | KernelConfig)[] {
  return kernels.map((kernel) => {
    const images = imagesOf[kernel.kernelName];
    if (dilations.has(kernel.kernelName))
      return { ...kernel, kernelFunc: checked(kernel.kernelName, kernel.kernelFunc) };
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

function checked(where: string, kernelFunc: KernelFunc): KernelFunc {
  return (args) => {
    const { x, filter } = args.inputs as unknown as Record<'x' | 'filter', TensorInfo>;
    const { strides, pad, dilations } = args.attrs as unknown as ConvAttrs;
    const filterShape = [...filter.shape, 1];
    resolveConv({ where, xShape: x.shape, filterShape, depthwise: true, strides, pad, dilations });
    return kernelFunc(args);
  };
}
