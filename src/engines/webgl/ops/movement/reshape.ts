// Reshape, where only dimensions of 1 come and go: the data are shared and stay tiled. (TensorFlow.js would copy data
// that it also has packed.)

import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import { findFloats, reshaped, type TiledArgs, tiledKernel } from '../tiledKernel.js';

type Args = TiledArgs<{ readonly x: TensorInfo }, { readonly shape: number[] }>;

function reshape({ inputs: { x }, attrs, backend }: Args): TensorInfo | undefined {
  if (!findFloats(backend, x)) return undefined;
  const shape = util.inferFromImplicitShape(attrs.shape, util.sizeFromShape(x.shape));
  return backend.tensors.find({ dataId: x.dataId, shape }) && reshaped(backend, x, shape);
}

export const reshapeKernel: NamedKernel = tiledKernel('Reshape', reshape);
