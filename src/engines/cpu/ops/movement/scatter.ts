// ScatterNd, TensorScatterUpdate, SparseToDense and OneHot: slices at the positions of a list of indices. Of equal indices
// the last one counts, and ScatterNd adds them all.

import {
  backend_util,
  type OneHotAttrs,
  type OneHotInputs,
  type ScatterNdAttrs,
  type ScatterNdInputs,
  type SparseToDenseAttrs,
  type SparseToDenseInputs,
  type TensorInfo,
  type TensorScatterUpdateInputs,
} from '@tensorflow/tfjs-core';
import {
  bitsOf,
  fill,
  move,
  type ScatterName,
  scatterSlices,
  oneHot as writeOneHot,
} from '../../../../../kernels/wasm/movement/index.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { CpuBackend } from '../../backend.js';
import { deviceOf, fastKernel, isWords, sizeOf, type Words } from '../cpuKernel.js';
import { checkIndices } from './indices.js';

interface Scatter {
  readonly name: ScatterName;
  readonly indices: TensorInfo;
  readonly updates: Words;
  readonly shape: readonly number[];
  /** Sets the values of the new tensor at `y` that no index names. */
  readonly start: (y: number, length: number) => void;
}

/** Undefined where there is nothing to scatter, or the indices are no integers. */
function scatter(backend: CpuBackend, { name, indices, updates, shape, start }: Scatter): TensorInfo | undefined {
  if (indices.dtype !== 'int32' || sizeOf(indices.shape) === 0 || sizeOf(shape) === 0) return undefined;
  const info = backend_util.calculateShapes(updates, indices, [...shape]);
  const { sliceRank: depth, numUpdates: count, sliceSize: run } = info;
  // A scalar has one index after another along its only dimension.
  const listed = { ...indices, shape: [count, depth] };
  checkIndices(backend, listed, shape);
  const at = { indices: backend.toHeap(indices), updates: backend.toHeap(updates) };
  const y = backend.newTensor(shape, updates.dtype);
  const to = backend.toHeap(y);
  start(to, sizeOf(shape));
  scatterSlices(deviceOf(backend), name, {
    ...{ ...at, y: to, count, run },
    strides: info.strides.slice(0, depth).map((stride) => stride * run),
    updateStep: updates.shape.length === 0 ? 0 : run,
  });
  return y;
}

const scatterNd = fastKernel<ScatterNdInputs, ScatterNdAttrs>('ScatterNd', ({ inputs, attrs, backend, device }) => {
  const { indices, updates } = inputs;
  if (!isWords(updates)) return undefined;
  return scatter(backend, {
    name: updates.dtype === 'int32' ? 'addInts' : 'addFloats',
    ...{ indices, updates, shape: attrs.shape },
    start: (y, length) => fill(device, y, length, 0),
  });
});

const tensorScatterUpdate = fastKernel<TensorScatterUpdateInputs>(
  'TensorScatterUpdate',
  ({ inputs, backend, device }) => {
    const { tensor, indices, updates } = inputs;
    if (!isWords(updates) || tensor.dtype !== updates.dtype) return undefined;
    const from = backend.toHeap(tensor);
    return scatter(backend, {
      ...{ name: 'put', indices, updates, shape: tensor.shape },
      start: (y, size) => move(device, from, y, [{ size, from: 1, to: 1 }]),
    });
  },
);

const sparseToDense = fastKernel<SparseToDenseInputs, SparseToDenseAttrs>(
  'SparseToDense',
  ({ inputs: { sparseIndices, sparseValues, defaultValue }, attrs: { outputShape }, backend, device }) => {
    if (!isWords(sparseValues) || sparseValues.dtype !== defaultValue.dtype) return undefined;
    const [value] = backend.data.get(defaultValue.dataId).values as Float32Array;
    return scatter(backend, {
      ...{ name: 'put', indices: sparseIndices, updates: sparseValues, shape: outputShape },
      start: (y, length) => fill(device, y, length, bitsOf(value, sparseValues.dtype)),
    });
  },
);

/** Indices that are out of range give a row of `offValue`. */
const oneHot = fastKernel<OneHotInputs, OneHotAttrs>('OneHot', ({ inputs: { indices }, attrs, backend, device }) => {
  const { depth, onValue, offValue, dtype } = attrs;
  if (!isWords(indices) || indices.dtype !== 'int32' || depth < 1) return undefined;
  if (dtype !== 'int32' && dtype !== 'float32') return undefined;
  const from = backend.toHeap(indices);
  const count = sizeOf(indices.shape);
  const y = backend.newTensor([...indices.shape, depth], dtype);
  const [on, off] = [bitsOf(onValue, dtype), bitsOf(offValue, dtype)];
  writeOneHot(device, { y: backend.toHeap(y), indices: from, count, depth, on, off });
  return y;
});

export const scatterKernels: readonly NamedKernel[] = [scatterNd, tensorScatterUpdate, sparseToDense, oneHot];
