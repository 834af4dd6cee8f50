// DepthToSpace.

import type { DepthToSpaceAttrs, DepthToSpaceInputs } from '@tensorflow/tfjs-core';
import { depthToSpaceProgram, depthToSpaceSpec } from '../../../../../kernels/glsl/tiled/movement/depthToSpace.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import { bind } from '../../gl/draw.js';
import { drawn, imagesOf } from '../tiledImages.js';
import { tiledKernel } from '../tiledKernel.js';

export const depthToSpaceKernel: NamedKernel = tiledKernel<DepthToSpaceInputs, DepthToSpaceAttrs>(
  'DepthToSpace',
  ({ inputs: { x }, attrs: { blockSize, dataFormat }, backend }) => {
    const images = imagesOf(backend, x);
    if (!images || dataFormat !== 'NHWC' || blockSize < 2) return undefined;
    const [n, h, w, c] = x.shape;
    const dims = { n, h: h * blockSize, w: w * blockSize, c: c / (blockSize * blockSize) };
    const y = backend.tensors.layoutOf(dims);
    if (!y || !Number.isInteger(dims.c)) return undefined;
    const program = depthToSpaceProgram(depthToSpaceSpec(images.layout, y));
    const values = { x: images.layout, y, size: blockSize };
    return drawn(backend, y, bind(program, { x: images.drawnTexture() }, values));
  },
);
