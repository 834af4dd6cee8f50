// Dimensions in another order: Transpose, DepthToSpace, SpaceToBatchND, BatchToSpaceND.

import {
  type BatchToSpaceNDAttrs,
  type BatchToSpaceNDInputs,
  backend_util,
  type DepthToSpaceAttrs,
  type DepthToSpaceInputs,
  type SpaceToBatchNDAttrs,
  type SpaceToBatchNDInputs,
  type TensorInfo,
  type TransposeAttrs,
  type TransposeInputs,
  util,
} from '@tensorflow/tfjs-core';
import { move, permutation } from '../../../../../kernels/wasm/movement/move.js';
import { padTensor } from '../../../../../kernels/wasm/movement/pad.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { CpuBackend } from '../../backend.js';
import { fastKernel, isWords, reshaped, type Words } from '../cpuKernel.js';
import { partOf } from './slice.js';

interface Order {
  /** In which to see the values of x; as many as x has. */
  readonly shape: readonly number[];
  readonly perm: readonly number[];
  /** The result's. */
  readonly outShape: readonly number[];
}

function permuted(backend: CpuBackend, x: Words, { shape, perm, outShape }: Order): TensorInfo {
  const address = backend.addressOf(x);
  const y = backend.newTensor(outShape, x.dtype);
  const device = backend.device as NonNullable<CpuBackend['device']>;
  move(device, address, backend.addressOf(y), permutation(shape, perm));
  return y;
}

const transpose = fastKernel<TransposeInputs, TransposeAttrs>('Transpose', ({ inputs: { x }, attrs, backend }) => {
  if (!isWords(x)) return undefined;
  const { perm } = attrs;
  const outShape = perm.map((axis) => x.shape[axis]);
  // Dimensions of size 1 may go anywhere: the values stay as they are.
  const long = perm.filter((axis) => x.shape[axis] !== 1);
  if (long.every((axis, i) => i === 0 || axis > long[i - 1])) return reshaped(backend, x, outShape);
  return permuted(backend, x, { shape: x.shape, perm, outShape });
});

const depthToSpace = fastKernel<DepthToSpaceInputs, DepthToSpaceAttrs>(
  'DepthToSpace',
  ({ inputs: { x }, attrs: { blockSize: b, dataFormat }, backend }) => {
    if (!isWords(x)) return undefined;
    if (dataFormat === 'NHWC') {
      const [n, h, w, depth] = x.shape;
      const c = depth / (b * b);
      return permuted(backend, x, {
        shape: [n, h, w, b, b, c],
        perm: [0, 1, 3, 2, 4, 5],
        outShape: [n, h * b, w * b, c],
      });
    }
    const [n, depth, h, w] = x.shape;
    const c = depth / (b * b);
    return permuted(backend, x, {
      shape: [n, b, b, c, h, w],
      perm: [0, 3, 4, 1, 5, 2],
      outShape: [n, c, h * b, w * b],
    });
  },
);

const spaceToBatch = fastKernel<SpaceToBatchNDInputs, SpaceToBatchNDAttrs>(
  'SpaceToBatchND',
  ({ inputs: { x }, attrs: { blockShape, paddings }, backend, device }) => {
    const rank = blockShape.length;
    if (!isWords(x) || paddings.some((pair) => pair.some((n) => n < 0))) return undefined;
    const frame = x.shape.map((size, i) => {
      const [before, after] = paddings[i - 1] ?? [0, 0];
      return { size, before, after };
    });
    const shape = frame.map(({ size, before, after }) => before + size + after);
    const block = util.sizeFromShape(blockShape);
    const order = {
      shape: backend_util.getReshaped(shape, blockShape, block, false),
      perm: backend_util.getPermuted(shape.length + rank, rank, false),
      outShape: backend_util.getReshapedPermuted(shape, blockShape, block, false),
    };
    if (util.sizeFromShape(shape) === util.sizeFromShape(x.shape)) return permuted(backend, x, order);
    const from = backend.addressOf(x);
    const padded = backend.newTensor(shape, x.dtype);
    padTensor(device, { from, to: backend.addressOf(padded), dims: frame, bits: 0 });
    const y = permuted(backend, padded as Words, order);
    backend.disposeData(padded.dataId);
    return y;
  },
);

const batchToSpace = fastKernel<BatchToSpaceNDInputs, BatchToSpaceNDAttrs>(
  'BatchToSpaceND',
  ({ inputs: { x }, attrs: { blockShape, crops }, backend }) => {
    if (!isWords(x)) return undefined;
    const block = util.sizeFromShape(blockShape);
    const shape = backend_util.getReshaped(x.shape, blockShape, block);
    const perm = backend_util.getPermuted(shape.length, blockShape.length);
    const outShape = backend_util.getReshapedPermuted(x.shape, blockShape, block);
    const whole = permuted(backend, x, { shape, perm, outShape });
    if (crops.every(([before, after]) => before === 0 && after === 0)) return whole;
    const coordinates = backend_util.getSliceBeginCoords(crops, blockShape.length);
    const sizes = backend_util.getSliceSize(outShape, crops, blockShape.length);
    const begin = outShape.map((_, i) => coordinates[i] ?? 0);
    const y = partOf(backend, whole as Words, { begin, size: outShape.map((size, i) => sizes[i] ?? size) });
    backend.disposeData(whole.dataId);
    return y;
  },
);

/** Tensors with their dimensions in another order. */
export const permutationKernels: readonly NamedKernel[] = [transpose, depthToSpace, spaceToBatch, batchToSpace];
