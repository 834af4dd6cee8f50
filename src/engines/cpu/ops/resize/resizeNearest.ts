// ResizeNearestNeighbor of images, NHWC: pixels are gathered.

import type { ResizeNearestNeighborAttrs, ResizeNearestNeighborInputs } from '@tensorflow/tfjs-core';
import { nearestIndices } from '../../../../../kernels/resizeSamples.js';
import { gather } from '../../../../../kernels/wasm/movement/index.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import { fastKernel, isWords } from '../cpuKernel.js';
import { isSize } from './resizeBilinear.js';

export const resizeNearestKernel: NamedKernel = fastKernel<ResizeNearestNeighborInputs, ResizeNearestNeighborAttrs>(
  'ResizeNearestNeighbor',
  ({ inputs: { images }, attrs: { size, ...alignment }, backend, device }) => {
    if (!isWords(images) || !isSize(size)) return undefined;
    const [batch, inH, inW, channels] = images.shape;
    const maps = [
      Array.from({ length: batch }, (_, n) => n * inH * inW * channels),
      nearestIndices(inH, size[0], alignment).map((y) => y * inW * channels),
      nearestIndices(inW, size[1], alignment).map((x) => x * channels),
    ];
    const from = backend.toHeap(images);
    const y = backend.newTensor([batch, size[0], size[1], channels], images.dtype);
    gather(device, { from, to: backend.toHeap(y), maps, run: channels });
    return y;
  },
);
