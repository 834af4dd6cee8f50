// The sum of a tensor in tiles over the pixels of all its images, for gradients of biases and the statistics of a batch.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import {
  sumPixelsInts,
  sumPixelsProgram,
  sumPixelsSize,
} from '../../../../../kernels/glsl/tiled/reduction/sumPixels.js';
import { sumDepthwiseInts } from '../../../../../kernels/glsl/tiled/reduction/sumSlices.js';
import type { WebglBackend } from '../../backend.js';
import type { TiledTensor } from '../../tensors/tensorStore.js';
import { sumSlices } from './sumSlices.js';

/** scale * sum(x, [0, 1, 2]) as a tensor of TensorFlow.js, of shape [c]. */
export function sumPixels(backend: WebglBackend, { layout, texture }: TiledTensor, scale = 1): TensorInfo {
  return sumSlices(backend, {
    shape: [layout.c],
    over: layout,
    size: sumPixelsSize(layout),
    fetches: 1,
    scale,
    first: (slices) => {
      return { program: sumPixelsProgram(layout.tile), inputs: { x: texture }, ints: sumPixelsInts(layout, slices) };
    },
    second: (slices, columns) => sumDepthwiseInts({ kW: 1, outC: layout.c }, slices, columns),
  });
}
