// ResizeBilinear of images, NHWC.

import type { ResizeBilinearAttrs, ResizeBilinearInputs } from '@tensorflow/tfjs-core';
import { bilinearSamples } from '../../../../../kernels/resizeSamples.js';
import { resizeBilinear } from '../../../../../kernels/wasm/resize/index.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import { areFloats, fastKernel } from '../cpuKernel.js';

export const resizeBilinearKernel: NamedKernel = fastKernel<ResizeBilinearInputs, ResizeBilinearAttrs>(
  'ResizeBilinear',
  ({ inputs: { images }, attrs: { size, ...alignment }, backend, device }) => {
    if (!areFloats(images) || !isSize(size)) return undefined;
    const [batch, inH, inW, channels] = images.shape;
    const rows = bilinearSamples(inH, size[0], alignment);
    const columns = bilinearSamples(inW, size[1], alignment);
    const x = backend.toHeap(images);
    const y = backend.newTensor([batch, size[0], size[1], channels]);
    resizeBilinear(device, { x, y: backend.toHeap(y) }, { batch, inH, inW, channels, rows, columns });
    return y;
  },
);

/** Whether a resize has a height and a width to resize to. */
export function isSize(size: readonly number[]): boolean {
  return size.length === 2 && size.every((n) => Number.isInteger(n) && n > 0);
}
