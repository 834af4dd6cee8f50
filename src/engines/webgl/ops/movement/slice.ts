// Slices of images: Slice, StridedSlice, SplitV.

import {
  backend_util,
  type SliceAttrs,
  type SliceInputs,
  type SplitVAttrs,
  type SplitVInputs,
  type StridedSliceAttrs,
  type StridedSliceInputs,
  slice_util,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { WebglBackend } from '../../backend.js';
import { dimsOf } from '../../tensors/tensorStore.js';
import type { TiledTensor } from '../../tensors/tiledTensor.js';
import { imagesOf } from '../tiledImages.js';
import { reshaped, tiledKernel } from '../tiledKernel.js';
import { gathered } from './gather.js';
import { untiledStridedSlice } from './stridedSlice.js';

interface Part {
  readonly begin: readonly number[];
  readonly size: readonly number[];
  /** Default: 1. The strides of images and channels must be 1. */
  readonly strides?: readonly number[];
  /** The result's shape, if it has fewer dimensions of 1. */
  readonly shape?: readonly number[];
}

/** Undefined if the result does not fit into a texture or is empty. */
function partOf(
  backend: WebglBackend,
  images: TiledTensor,
  { begin, size, strides = [1, 1, 1, 1], shape }: Part,
): TensorInfo | undefined {
  const rows = { step: strides[1], offset: begin[1], divisor: 1 };
  const columns = { step: strides[2], offset: begin[2], divisor: 1 };
  return gathered(backend, images, size, { rows, columns, firstImage: begin[0], firstChannel: begin[3] }, shape);
}

const slice = tiledKernel<SliceInputs, SliceAttrs>('Slice', ({ inputs: { x }, attrs, backend }) => {
  const [begin, size] = slice_util.parseSliceParams(x, attrs.begin, attrs.size);
  slice_util.assertParamsValid(x, begin, size);
  // The whole, wherever it is: predict() cuts its inputs into batches, and TensorFlow.js would upload what is on the CPU.
  if (util.arraysEqual(size, x.shape)) return reshaped(backend, x, size);
  const images = imagesOf(backend, x);
  return images && partOf(backend, images, { begin, size });
});

const stridedSlice = tiledKernel<StridedSliceInputs, StridedSliceAttrs>(
  'StridedSlice',
  ({ inputs: { x }, attrs: a, backend }) => {
    const images = imagesOf(backend, x);
    if (!images) return undefined;
    const { beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = a;
    const masks = [beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask] as const;
    const info = slice_util.sliceInfo(x.shape, a.begin, a.end, a.strides, ...masks);
    const { finalShape: shape, begin, end, strides, isIdentity } = info;
    const size = slice_util.computeOutShape(begin, end, strides);
    if (isIdentity || size.length !== 4 || !isOfImages(size, shape)) return undefined;
    if (strides[0] !== 1 || strides[3] !== 1) return undefined;
    return partOf(backend, images, { begin, size, strides, shape });
  },
  untiledStridedSlice,
);

/** Whether tensors of this shape have the tiled layout of tensors of `size`. */
function isOfImages(size: readonly number[], shape: readonly number[]): boolean {
  const { n, h, w, c } = dimsOf(shape);
  return util.arraysEqual([...size], [n, h, w, c]);
}

const splitV = tiledKernel<SplitVInputs, SplitVAttrs>('SplitV', ({ inputs: { x }, attrs, backend }) => {
  const images = imagesOf(backend, x);
  if (!images) return undefined;
  const [axis] = util.parseAxisParam(attrs.axis, x.shape);
  const sizes = backend_util.prepareSplitSize(x, attrs.numOrSizeSplits, axis);
  if (sizes.length === 1 || sizes.some((size) => size <= 0)) return undefined;
  let first = 0;
  const parts = sizes.map((count) => {
    const begin = x.shape.map((_, i) => (i === axis ? first : 0));
    first += count;
    // A part of a tensor fits wherever the tensor does.
    return partOf(backend, images, { begin, size: x.shape.map((all, i) => (i === axis ? count : all)) }) as TensorInfo;
  });
  return parts;
});

export const sliceKernels: readonly NamedKernel[] = [slice, stridedSlice, splitV];
