// SpaceToBatchND and BatchToSpaceND: blocks of pixels become images of the batch, and back.

import {
  type BatchToSpaceNDAttrs,
  type BatchToSpaceNDInputs,
  backend_util,
  type SpaceToBatchNDAttrs,
  type SpaceToBatchNDInputs,
  util,
} from '@tensorflow/tfjs-core';
import { padTensor } from '../../../../../kernels/wasm/movement/index.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import { isWords, type Words } from '../cpuKernel.js';
import { copyPart } from './slice.js';
import { permute } from './transpose.js';
import { wordKernel } from './wordKernel.js';

const spaceToBatch = wordKernel<SpaceToBatchNDInputs, SpaceToBatchNDAttrs>(
  'SpaceToBatchND',
  ({ inputs: { x }, attrs: { blockShape, paddings }, backend, device }) => {
    const rank = blockShape.length;
    if (!isWords(x) || paddings.some((pair) => pair.some((n) => n < 0))) return undefined;
    const dims = x.shape.map((size, i) => {
      const [before, after] = paddings[i - 1] ?? [0, 0];
      return { size, before, after };
    });
    const shape = dims.map(({ size, before, after }) => before + size + after);
    const block = util.sizeFromShape(blockShape);
    const order = {
      shape: backend_util.getReshaped(shape, blockShape, block, false),
      perm: backend_util.getPermuted(shape.length + rank, rank, false),
      outShape: backend_util.getReshapedPermuted(shape, blockShape, block, false),
    };
    if (util.sizeFromShape(shape) === util.sizeFromShape(x.shape)) return permute(backend, x, order);
    const from = backend.toHeap(x);
    const padded = backend.newTensor(shape, x.dtype);
    padTensor(device, { from, to: backend.toHeap(padded), dims, bits: 0 });
    const y = permute(backend, padded as Words, order);
    backend.disposeData(padded.dataId);
    return y;
  },
);

const batchToSpace = wordKernel<BatchToSpaceNDInputs, BatchToSpaceNDAttrs>(
  'BatchToSpaceND',
  ({ inputs: { x }, attrs: { blockShape, crops }, backend }) => {
    if (!isWords(x)) return undefined;
    const block = util.sizeFromShape(blockShape);
    const shape = backend_util.getReshaped(x.shape, blockShape, block);
    const perm = backend_util.getPermuted(shape.length, blockShape.length);
    const outShape = backend_util.getReshapedPermuted(x.shape, blockShape, block);
    const whole = permute(backend, x, { shape, perm, outShape });
    if (crops.every(([before, after]) => before === 0 && after === 0)) return whole;
    const coordinates = backend_util.getSliceBeginCoords(crops, blockShape.length);
    const sizes = backend_util.getSliceSize(outShape, crops, blockShape.length);
    const begin = outShape.map((_, i) => coordinates[i] ?? 0);
    const y = copyPart(backend, whole as Words, { begin, size: outShape.map((size, i) => sizes[i] ?? size) });
    backend.disposeData(whole.dataId);
    return y;
  },
);

export const spaceToBatchKernels: readonly NamedKernel[] = [spaceToBatch, batchToSpace];
