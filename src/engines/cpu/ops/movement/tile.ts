// Tile: a tensor several times over, along any dimensions.

import { type TileAttrs, type TileInputs, util } from '@tensorflow/tfjs-core';
import { move, stridesOf } from '../../../../../kernels/wasm/movement/index.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import { isWords } from '../cpuKernel.js';
import { wordKernel } from './wordKernel.js';

export const tileKernel: NamedKernel = wordKernel<TileInputs, TileAttrs>(
  'Tile',
  ({ inputs: { x }, attrs: { reps }, backend, device }) => {
    const shape = x.shape.map((n, i) => n * reps[i]);
    if (!isWords(x) || reps.length !== x.shape.length || util.sizeFromShape(shape) === 0) return undefined;
    const from = stridesOf(x.shape);
    const to = stridesOf(shape);
    const dims = x.shape.flatMap((size, i) => [
      { size: reps[i], from: 0, to: size * to[i] },
      { size, from: from[i], to: to[i] },
    ]);
    const address = backend.toHeap(x);
    const y = backend.newTensor(shape, x.dtype);
    move(device, address, backend.toHeap(y), dims);
    return y;
  },
);
