// ResizeBilinear.

import type { ResizeBilinearAttrs, ResizeBilinearInputs } from '@tensorflow/tfjs-core';
import type { SourceAxis } from '../../../../../kernels/glsl/tiled/movement/sourceAxis.js';
import { bilinearProgram, bilinearValues } from '../../../../../kernels/glsl/tiled/resize/bilinear.js';
import type { Alignment } from '../../../../../kernels/resizeSamples.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import { bind } from '../../gl/draw.js';
import { drawn, imagesOf } from '../tiledImages.js';
import { tiledKernel } from '../tiledKernel.js';

export const bilinearKernel: NamedKernel = tiledKernel<ResizeBilinearInputs, ResizeBilinearAttrs>(
  'ResizeBilinear',
  ({ inputs: { images }, attrs: { size, ...alignment }, backend }) => {
    const x = imagesOf(backend, images);
    if (!x || !isImageSize(size)) return undefined;
    const [n, inH, inW, c] = images.shape;
    const y = backend.tensors.layoutOf({ n, h: size[0], w: size[1], c });
    if (!y) return undefined;
    const rows = axisBetween(inH, size[0], alignment);
    const columns = axisBetween(inW, size[1], alignment);
    const program = bilinearProgram({ x: x.layout.tile, y: y.tile });
    return drawn(backend, y, bind(program, { x: x.drawnTexture() }, bilinearValues(x.layout, y, { rows, columns })));
  },
);

/** Whether it is [height, width] of an image that is not empty. */
export function isImageSize(size: readonly number[]): boolean {
  return size.length === 2 && size.every((length) => Number.isInteger(length) && length > 0);
}

/**
 * Where output indices lie among those of the input, as a ratio; resizeSamples.ts computes the same in floating point.
 */
function axisBetween(inSize: number, outSize: number, { alignCorners, halfPixelCenters }: Alignment): SourceAxis {
  const [input, output] = alignCorners && outSize > 1 ? [inSize - 1, outSize - 1] : [inSize, outSize];
  if (!halfPixelCenters) return { step: input, offset: 0, divisor: output };
  return { step: 2 * input, offset: input - output, divisor: 2 * output };
}
