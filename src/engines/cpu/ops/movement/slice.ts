// Parts of tensors: Slice, StridedSlice, SplitV, Unpack, Reverse.

import {
  backend_util,
  type ReverseAttrs,
  type ReverseInputs,
  type SliceAttrs,
  type SliceInputs,
  type SplitVAttrs,
  type SplitVInputs,
  type StridedSliceAttrs,
  type StridedSliceInputs,
  slice_util,
  type TensorInfo,
  type UnpackAttrs,
  type UnpackInputs,
  util,
} from '@tensorflow/tfjs-core';
import { type Dim, move, stridesOf } from '../../../../../kernels/wasm/movement/move.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { CpuBackend } from '../../backend.js';
import { fastKernel, isWords, reshaped, type Words } from '../cpuKernel.js';

interface Part {
  readonly begin: readonly number[];
  readonly size: readonly number[];
  readonly strides?: readonly number[];
  /** The result's, if other than `size`. */
  readonly shape?: readonly number[];
}

/** Values begin, begin + stride, ... of each dimension. */
export function partOf(backend: CpuBackend, x: Words, { begin, size, strides, shape = size }: Part): TensorInfo {
  const from = stridesOf(x.shape);
  const to = stridesOf(size);
  const start = begin.reduce((sum, first, i) => sum + first * from[i], 0);
  const dims = size.map((n, i): Dim => ({ size: n, from: from[i] * (strides?.[i] ?? 1), to: to[i] }));
  const address = backend.addressOf(x) + 4 * start;
  const y = backend.newTensor(shape, x.dtype);
  move(backend.device as NonNullable<CpuBackend['device']>, address, backend.addressOf(y), dims);
  return y;
}

const slice = fastKernel<SliceInputs, SliceAttrs>('Slice', ({ inputs: { x }, attrs, backend }) => {
  if (!isWords(x)) return undefined;
  const [begin, size] = slice_util.parseSliceParams(x, attrs.begin, attrs.size);
  slice_util.assertParamsValid(x, begin, size);
  if (util.arraysEqual(size, x.shape)) return reshaped(backend, x, size);
  return partOf(backend, x, { begin, size });
});

const stridedSlice = fastKernel<StridedSliceInputs, StridedSliceAttrs>(
  'StridedSlice',
  ({ inputs: { x }, attrs: a, backend }) => {
    if (!isWords(x)) return undefined;
    const { beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = a;
    const masks = [beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask] as const;
    const info = slice_util.sliceInfo(x.shape, a.begin, a.end, a.strides, ...masks);
    const { finalShapeSparse: size, finalShape: shape, begin, strides, isIdentity } = info;
    if (isIdentity || size.length !== x.shape.length || util.sizeFromShape(size) === 0) return undefined;
    return partOf(backend, x, { begin, size, strides, shape });
  },
);

const splitV = fastKernel<SplitVInputs, SplitVAttrs>('SplitV', ({ inputs: { x }, attrs, backend }) => {
  if (!isWords(x)) return undefined;
  const [axis] = util.parseAxisParam(attrs.axis, x.shape);
  const sizes = backend_util.prepareSplitSize(x, attrs.numOrSizeSplits, axis);
  let first = 0;
  return sizes.map((n) => {
    const begin = x.shape.map((_, i) => (i === axis ? first : 0));
    first += n;
    return partOf(backend, x, { begin, size: x.shape.map((all, i) => (i === axis ? n : all)) });
  });
});

const unpack = fastKernel<UnpackInputs, UnpackAttrs>('Unpack', ({ inputs: { value }, attrs, backend }) => {
  if (!isWords(value)) return undefined;
  const axis = attrs.axis < 0 ? attrs.axis + value.shape.length : attrs.axis;
  const shape = value.shape.filter((_, i) => i !== axis);
  const size = value.shape.map((all, i) => (i === axis ? 1 : all));
  return Array.from({ length: value.shape[axis] }, (_, n) => {
    const begin = value.shape.map((_, i) => (i === axis ? n : 0));
    return partOf(backend, value, { begin, size, shape });
  });
});

const reverse = fastKernel<ReverseInputs, ReverseAttrs>('Reverse', ({ inputs: { x }, attrs, backend }) => {
  if (!isWords(x) || x.shape.length === 0) return undefined;
  const axes = util.parseAxisParam(attrs.dims, x.shape);
  const isTurned = (i: number) => axes.includes(i);
  const begin = x.shape.map((n, i) => (isTurned(i) ? n - 1 : 0));
  return partOf(backend, x, { begin, size: x.shape, strides: x.shape.map((_, i) => (isTurned(i) ? -1 : 1)) });
});

/** Parts of tensors. */
export const sliceKernels: readonly NamedKernel[] = [slice, stridedSlice, splitV, unpack, reverse];
