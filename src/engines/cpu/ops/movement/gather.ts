// GatherV2: slices of a tensor in the order of a list of indices.

import { backend_util, type GatherV2Attrs, type GatherV2Inputs, type TypedArray, util } from '@tensorflow/tfjs-core';
import { gather } from '../../../../../kernels/wasm/movement/index.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import { fastKernel, isWords } from '../cpuKernel.js';

/** Values of a slice from which on each slice is an item by itself. */
const longSlice = 64;

export const gatherKernel: NamedKernel = fastKernel<GatherV2Inputs, GatherV2Attrs>(
  'GatherV2',
  ({ inputs: { x, indices }, attrs: { axis, batchDims }, backend, device }) => {
    if (!isWords(x) || indices.dtype !== 'int32' || util.sizeFromShape(indices.shape) === 0) return undefined;
    const [$axis] = util.parseAxisParam(axis, x.shape);
    const size = x.shape[$axis];
    const rowNumbers = backend.data.get(indices.dataId).values as TypedArray;
    if (rowNumbers.some((row) => row < 0 || row >= size)) return undefined;
    const info = backend_util.segment_util.collectGatherOpShapeInfo(x, indices, $axis, batchDims ?? 0);
    if (info.batchSize !== 1) return undefined;
    const outer = Array.from({ length: info.outerSize }, (_, i) => i * size * info.sliceSize);
    const rows = Array.from(rowNumbers, (row) => row * info.sliceSize);
    // Long slices are rows, so that threads can share them. Short ones are the columns of a row.
    const maps = info.sliceSize < longSlice ? [outer, rows] : [outer, rows, [0]];
    const from = backend.toHeap(x);
    const y = backend.newTensor(info.outputShape, x.dtype);
    gather(device, { from, to: backend.toHeap(y), maps, run: info.sliceSize });
    return y;
  },
);
