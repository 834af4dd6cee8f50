// The sum of a tiled tensor over the pixels of all its images, for gradients of biases and the statistics of a batch.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import {
  sumPixelsProgram,
  sumPixelsSize,
  sumPixelsValues,
} from '../../../../../kernels/glsl/tiled/reduction/sumPixels.js';
import { sumDepthwiseValues } from '../../../../../kernels/glsl/tiled/reduction/sumSlices.js';
import type { WebglBackend } from '../../backend.js';
import { bind } from '../../gl/draw.js';
import type { TiledTensor } from '../../tensors/tiledTensor.js';
import { sumSlices } from './sumSlices.js';

/** sum(x, [0, 1, 2]) as a tensor [c] in a texture of TensorFlow.js. */
export function sumPixels(backend: WebglBackend, tensor: TiledTensor): TensorInfo {
  return overPixels(backend, tensor, 'sum');
}

/** mean(x, [0, 1, 2]), likewise; that of equal values is exactly that value. */
export function meanPixels(backend: WebglBackend, tensor: TiledTensor): TensorInfo {
  return overPixels(backend, tensor, 'mean');
}

function overPixels(backend: WebglBackend, tensor: TiledTensor, of: 'sum' | 'mean'): TensorInfo {
  const { layout } = tensor;
  const x = tensor.drawnTexture();
  return sumSlices(backend, {
    shape: [layout.c],
    over: layout,
    size: sumPixelsSize(layout, of),
    fetches: 1,
    ...(of === 'mean' && { isMean: true, scale: 1 / (layout.n * layout.h * layout.w) }),
    first: (slices) => bind(sumPixelsProgram(layout.tile, of), { x }, sumPixelsValues(layout, slices)),
    second: (slices, columns) => sumDepthwiseValues({ kW: 1, outC: layout.c }, slices, columns),
  });
}
