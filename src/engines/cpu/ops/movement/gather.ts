// GatherV2 and GatherNd: slices of a tensor in the order of a list of indices.

import {
  backend_util,
  type GatherNdInputs,
  type GatherV2Attrs,
  type GatherV2Inputs,
  type TypedArray,
  util,
} from '@tensorflow/tfjs-core';
import { gatherSlices, stridesOf } from '../../../../../kernels/wasm/movement/index.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import { isWords, sizeOf } from '../cpuKernel.js';
import { checkIndices } from './indices.js';
import { wordKernel } from './wordKernel.js';

const gatherV2 = wordKernel<GatherV2Inputs, GatherV2Attrs>(
  'GatherV2',
  ({ inputs: { x, indices }, attrs: { axis, batchDims }, backend, device }) => {
    if (!isWords(x) || indices.dtype !== 'int32' || sizeOf(indices.shape) === 0) return undefined;
    const [$axis] = util.parseAxisParam(axis, x.shape);
    const size = x.shape[$axis];
    const values = backend.data.get(indices.dataId).values as TypedArray;
    if (values.some((index) => index < 0 || index >= size)) return undefined;
    const info = backend_util.segment_util.collectGatherOpShapeInfo(x, indices, $axis, batchDims ?? 0);
    const { batchSize: batch, outerSize: outer, sliceSize: run } = info;
    const at = { x: backend.toHeap(x), indices: backend.toHeap(indices) };
    const y = backend.newTensor(info.outputShape, x.dtype);
    const count = sizeOf(indices.shape) / batch;
    gatherSlices(device, {
      ...{ ...at, y: backend.toHeap(y), batch, outer, count, run },
      ...{ strides: [run], matrix: size * run },
    });
    return y;
  },
);

const gatherNd = wordKernel<GatherNdInputs, object>('GatherNd', ({ inputs, backend, device }) => {
  const { params: x, indices } = inputs;
  if (!isWords(x) || indices.dtype !== 'int32' || sizeOf(indices.shape) === 0) return undefined;
  const [shape, count, run] = backend_util.prepareAndValidate(x as never, indices as never);
  const depth = indices.shape[indices.shape.length - 1];
  checkIndices(backend, indices, x.shape);
  const at = { x: backend.toHeap(x), indices: backend.toHeap(indices) };
  const y = backend.newTensor(shape, x.dtype);
  const strides = stridesOf(x.shape).slice(0, depth);
  gatherSlices(device, {
    ...{ ...at, y: backend.toHeap(y), batch: 1, outer: 1, count, run },
    ...{ strides, matrix: sizeOf(x.shape) },
  });
  return y;
});

export const gatherKernels: readonly NamedKernel[] = [gatherV2, gatherNd];
