// TopK along the last dimension. Its values are sorted also where nobody asks for that.

import type { TopKAttrs, TopKInputs } from '@tensorflow/tfjs-core';
import { topK } from '../../../../../kernels/wasm/reduction/index.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import { fastKernel, isWords, sizeOf } from '../cpuKernel.js';

export const topKKernel: NamedKernel = fastKernel<TopKInputs, TopKAttrs>(
  'TopK',
  ({ inputs: { x }, attrs: { k }, backend, device }) => {
    const length = x.shape.at(-1);
    if (!isWords(x) || length === undefined || k < 1 || k > length) return undefined;
    const outer = x.shape.slice(0, -1);
    const from = backend.toHeap(x);
    const values = backend.newTensor([...outer, k], x.dtype);
    const indices = backend.newTensor([...outer, k], 'int32');
    const at = { x: from, values: backend.toHeap(values), indices: backend.toHeap(indices) };
    topK(device, x.dtype, { ...at, rows: sizeOf(outer), length, k });
    return [values, indices];
  },
);
