// The sum of a tensor in blocks over its pixels, for gradients of biases.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sumPixelsInts, sumPixelsProgram, sumPixelsSize } from '../../../kernels/glsl/block/sumPixels.js';
import { sumDepthwiseInts } from '../../../kernels/glsl/block/sumSlices.js';
import type { WebglBackend } from '../backend.js';
import type { Blocks } from '../layout/blockStore.js';
import { sumSlices } from './slices.js';

/** sum(x, [0, 1, 2]) as a tensor of the host, of shape [c]. */
export function sumPixels(backend: WebglBackend, { layout, texture }: Blocks): TensorInfo {
  return sumSlices(backend, {
    shape: [layout.c],
    over: layout,
    size: sumPixelsSize(layout),
    fetches: 1,
    first: (slices) => {
      return { program: sumPixelsProgram(layout.block), inputs: { x: texture }, ints: sumPixelsInts(layout, slices) };
    },
    second: (slices, columns) => sumDepthwiseInts({ kW: 1, outC: layout.c }, slices, columns),
  });
}
