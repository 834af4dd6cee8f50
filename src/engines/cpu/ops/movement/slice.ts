// Slice and StridedSlice.

import {
  type SliceAttrs,
  type SliceInputs,
  type StridedSliceAttrs,
  type StridedSliceInputs,
  slice_util,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { type Dim, move, stridesOf } from '../../../../../kernels/wasm/movement/index.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { CpuBackend } from '../../backend.js';
import { deviceOf, isWords, shareAs, type Words } from '../cpuKernel.js';
import { wordKernel } from './wordKernel.js';

interface Part {
  readonly begin: readonly number[];
  readonly size: readonly number[];
  readonly strides?: readonly number[];
  /** The shape of the result. Default: `size`. */
  readonly shape?: readonly number[];
}

/** A new tensor of the values begin, begin + stride, ... of each dimension. */
export function copyPart(backend: CpuBackend, x: Words, { begin, size, strides, shape = size }: Part): TensorInfo {
  const from = stridesOf(x.shape);
  const to = stridesOf(size);
  const start = begin.reduce((sum, first, i) => sum + first * from[i], 0);
  const dims = size.map((n, i): Dim => ({ size: n, from: from[i] * (strides?.[i] ?? 1), to: to[i] }));
  const address = backend.toHeap(x) + 4 * start;
  const y = backend.newTensor(shape, x.dtype);
  move(deviceOf(backend), address, backend.toHeap(y), dims);
  return y;
}

const slice = wordKernel<SliceInputs, SliceAttrs>('Slice', ({ inputs: { x }, attrs, backend }) => {
  if (!isWords(x)) return undefined;
  const [begin, size] = slice_util.parseSliceParams(x, attrs.begin, attrs.size);
  slice_util.assertParamsValid(x, begin, size);
  if (util.arraysEqual(size, x.shape)) return shareAs(backend, x, size);
  return copyPart(backend, x, { begin, size });
});

const stridedSlice = wordKernel<StridedSliceInputs, StridedSliceAttrs>(
  'StridedSlice',
  ({ inputs: { x }, attrs: a, backend }) => {
    if (!isWords(x)) return undefined;
    const { beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = a;
    const masks = [beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask] as const;
    const info = slice_util.sliceInfo(x.shape, a.begin, a.end, a.strides, ...masks);
    const { finalShapeSparse: size, finalShape: shape, begin, strides, isIdentity } = info;
    if (isIdentity) return shareAs(backend, x, shape);
    if (size.length !== x.shape.length || util.sizeFromShape(size) === 0) return undefined;
    return copyPart(backend, x, { begin, size, strides, shape });
  },
);

export const sliceKernels: readonly NamedKernel[] = [slice, stridedSlice];
