// Scatters on TensorFlow.js's own program, which adds up the updates of one place. That is right for `ScatterNd` alone:
// `TensorScatterUpdate` and `SparseToDense` keep the last one, as they do on the CPU. So of updates that share a place only
// the last is passed on.

import type { KernelFunc, TensorInfo, TypedArray } from '@tensorflow/tfjs-core';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { WebglBackend } from '../../backend.js';
import { withCleanOperands } from '../cleanOperands.js';

interface Names {
  readonly indices: string;
  readonly updates: string;
}

function withLastUpdates(kernelFunc: KernelFunc, { indices: indicesName, updates: updatesName }: Names): KernelFunc {
  return (args) => {
    const [indices, updates] = [args.inputs[indicesName], args.inputs[updatesName]] as [TensorInfo, TensorInfo];
    const backend = args.backend as WebglBackend;
    if (updates.dtype === 'string') return kernelFunc(args); // placed on the CPU
    // As in TensorFlow.js: the last axis of the indices has the coordinates of a place, if there is more than one axis.
    const axes = Math.max(indices.shape.length - 1, 1);
    const depth = indices.shape[axes] ?? 1;
    const rows = sizeOf(indices.shape.slice(0, axes));
    const places = backend.readSync(indices.dataId) as TypedArray;
    const last = lastOfEach(places, rows, depth);
    if (last.length === rows) return kernelFunc(args);

    const made = {
      [indicesName]: backend.makeTensorInfo([last.length, depth], 'int32', rowsOf(places, last, depth)),
      [updatesName]: updates,
    };
    const isForAll = updates.shape.length === 0; // one value for all places
    if (!isForAll) {
      const values = backend.readSync(updates.dataId) as TypedArray;
      const shape = [last.length, ...updates.shape.slice(axes)];
      made[updatesName] = backend.makeTensorInfo(shape, updates.dtype, rowsOf(values, last, values.length / rows));
    }
    const result = kernelFunc({ ...args, inputs: { ...args.inputs, ...made } });
    backend.disposeIntermediateTensorInfo(made[indicesName]);
    if (!isForAll) backend.disposeIntermediateTensorInfo(made[updatesName]);
    return result;
  };
}

/** The last row of each place, in their order. */
function lastOfEach(places: TypedArray, rows: number, depth: number): number[] {
  const last = new Map<string, number>();
  for (let row = 0; row < rows; row++) last.set(places.subarray(row * depth, (row + 1) * depth).join(), row);
  return [...last.values()].sort((a, b) => a - b);
}

function rowsOf(values: TypedArray, rows: readonly number[], length: number): TypedArray {
  const picked = values.slice(0, rows.length * length);
  for (const [i, row] of rows.entries()) picked.set(values.subarray(row * length, (row + 1) * length), i * length);
  return picked;
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}

export const scatterKernels: readonly NamedKernel[] = [
  { kernelName: 'ScatterNd', kernelFunc: withCleanOperands('ScatterNd') },
  {
    kernelName: 'TensorScatterUpdate',
    kernelFunc: withLastUpdates(withCleanOperands('TensorScatterUpdate'), { indices: 'indices', updates: 'updates' }),
  },
  {
    kernelName: 'SparseToDense',
    kernelFunc: withLastUpdates(withCleanOperands('SparseToDense'), {
      indices: 'sparseIndices',
      updates: 'sparseValues',
    }),
  },
];
