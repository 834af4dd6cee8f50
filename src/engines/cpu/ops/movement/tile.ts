// Tile: a tensor several times over, along any dimensions.

import { type TensorInfo, type TileAttrs, type TileInputs, util } from '@tensorflow/tfjs-core';
import { move, stridesOf } from '../../../../../kernels/wasm/movement/index.js';
import { SPREAD_KERNEL, type SpreadAttrs } from '../../../../tfjs/ownKernelNames.js';
import { type NamedKernel, typedKernel } from '../../../../tfjs/registry.js';
import type { CpuBackend } from '../../backend.js';
import { deviceOf, isWords, type Words } from '../cpuKernel.js';
import { wordKernel } from './wordKernel.js';

/** Runs a tensor of 4-byte values several times over along each dimension. */
function repeated(backend: CpuBackend, x: Words, shape: number[]): TensorInfo {
  const from = stridesOf(x.shape);
  const to = stridesOf(shape);
  const dims = x.shape.flatMap((size, i) => [
    { size: shape[i] / size, from: 0, to: size * to[i] },
    { size, from: from[i], to: to[i] },
  ]);
  const address = backend.toHeap(x);
  const y = backend.newTensor(shape, x.dtype);
  move(deviceOf(backend), address, backend.toHeap(y), dims);
  return y;
}

export const tileKernel: NamedKernel = wordKernel<TileInputs, TileAttrs>(
  'Tile',
  ({ inputs: { x }, attrs: { reps }, backend }) => {
    const shape = x.shape.map((n, i) => n * reps[i]);
    const isWhole = reps.length === x.shape.length && util.sizeFromShape(shape) > 0;
    return isWords(x) && isWhole ? repeated(backend, x, shape) : undefined;
  },
);

/** For floats. Neither x nor the result is empty. */
export const spreadKernel: NamedKernel = typedKernel<TileInputs, SpreadAttrs, CpuBackend>(
  SPREAD_KERNEL,
  ({ inputs: { x }, attrs: { shape }, backend }) => repeated(backend, x as Words, shape),
);
