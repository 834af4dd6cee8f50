// Transpose, and what else puts dimensions in another order.

import type { TensorInfo, TransposeAttrs, TransposeInputs } from '@tensorflow/tfjs-core';
import { move, permutation } from '../../../../../kernels/wasm/movement/index.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { CpuBackend } from '../../backend.js';
import { deviceOf, isWords, shareAs, type Words } from '../cpuKernel.js';
import { wordKernel } from './wordKernel.js';

interface Order {
  /** The shape to see x in: it has as many values as x. */
  readonly shape: readonly number[];
  readonly perm: readonly number[];
  /** The shape of the result. */
  readonly outShape: readonly number[];
}

/** A new tensor of the same values with the dimensions of `shape` in another order. */
export function permute(backend: CpuBackend, x: Words, { shape, perm, outShape }: Order): TensorInfo {
  const address = backend.toHeap(x);
  const y = backend.newTensor(outShape, x.dtype);
  move(deviceOf(backend), address, backend.toHeap(y), permutation(shape, perm));
  return y;
}

export const transposeKernel: NamedKernel = wordKernel<TransposeInputs, TransposeAttrs>(
  'Transpose',
  ({ inputs: { x }, attrs, backend }) => {
    if (!isWords(x)) return undefined;
    const { perm } = attrs;
    const outShape = perm.map((axis) => x.shape[axis]);
    // If only dimensions of size 1 change places, the values stay in their order.
    const long = perm.filter((axis) => x.shape[axis] !== 1);
    if (long.every((axis, i) => i === 0 || axis > long[i - 1])) return shareAs(backend, x, outShape);
    return permute(backend, x, { shape: x.shape, perm, outShape });
  },
);
