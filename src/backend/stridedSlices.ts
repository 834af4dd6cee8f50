// StridedSlice where one axis is a single index and another has a stride, as in x[1, ::2]. TensorFlow.js's kernels leave
// the axis of the index out of the positions that they count with, and give values of other places or none. Here every
// axis has its range, and the axes of indices go afterwards. Ranges that end before they begin have no values; an engine's
// kernel may refuse them.

import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import {
  type KernelConfig,
  type KernelFunc,
  type StridedSliceAttrs,
  slice_util,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { type NamedKernel, wrapKernel } from '../tfjs/registry.js';

type Kernel = NamedKernel | KernelConfig;

/** The same kernels, of which StridedSlice is right with shrinkAxisMask too. */
export function withStridedIndices(kernels: readonly Kernel[]): Kernel[] {
  const reshape = kernels.filter(({ kernelName }) => kernelName === 'Reshape').at(-1);
  if (!reshape) return [...kernels];
  return kernels.map((kernel) => {
    return kernel.kernelName === 'StridedSlice'
      ? wrapKernel(kernel, sliced(kernel.kernelFunc, reshape.kernelFunc))
      : kernel;
  });
}

function sliced(slice: KernelFunc, reshape: KernelFunc): KernelFunc {
  return (args) => {
    const a = args.attrs as unknown as StridedSliceAttrs;
    const { shape, dtype } = args.inputs.x as TensorInfo;
    const masks = [a.beginMask, a.endMask, a.ellipsisMask, a.newAxisMask, a.shrinkAxisMask] as const;
    const { begin, end, strides, finalShape } = slice_util.sliceInfo([...shape], a.begin, a.end, a.strides, ...masks);
    if (finalShape.includes(0) && dtype !== 'string' && dtype !== 'complex64') {
      const { makeTensorInfo } = args.backend as unknown as Pick<MathBackendCPU, 'makeTensorInfo'>;
      return makeTensorInfo.call(args.backend, finalShape, dtype, util.getTypedArrayFromDType(dtype as 'float32', 0));
    }
    if (!a.shrinkAxisMask || finalShape.includes(0) || a.strides.every((stride) => stride === 1)) return slice(args);
    // Where a range goes down to the first value, its end is -1, which would be the last one.
    const endMask = end.reduce((mask, last, axis) => (last < 0 ? mask | (1 << axis) : mask), 0);
    const ranges = { begin, end, strides, beginMask: 0, endMask, ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask: 0 };
    const { backend } = args;
    const x = slice({ ...args, attrs: ranges as never }) as TensorInfo;
    const y = reshape({ inputs: { x }, attrs: { shape: finalShape }, backend });
    (backend as { disposeData(dataId: object): boolean }).disposeData(x.dataId);
    return y;
  };
}
