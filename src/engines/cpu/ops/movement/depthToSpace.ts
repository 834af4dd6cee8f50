// DepthToSpace: channels become blocks of pixels.

import type { DepthToSpaceAttrs, DepthToSpaceInputs } from '@tensorflow/tfjs-core';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import { isWords } from '../cpuKernel.js';
import { permute } from './transpose.js';
import { wordKernel } from './wordKernel.js';

export const depthToSpaceKernel: NamedKernel = wordKernel<DepthToSpaceInputs, DepthToSpaceAttrs>(
  'DepthToSpace',
  ({ inputs: { x }, attrs: { blockSize: b, dataFormat }, backend }) => {
    if (!isWords(x)) return undefined;
    if (dataFormat === 'NHWC') {
      const [n, h, w, depth] = x.shape;
      const c = depth / (b * b);
      return permute(backend, x, {
        shape: [n, h, w, b, b, c],
        perm: [0, 1, 3, 2, 4, 5],
        outShape: [n, h * b, w * b, c],
      });
    }
    const [n, depth, h, w] = x.shape;
    const c = depth / (b * b);
    return permute(backend, x, {
      shape: [n, b, b, c, h, w],
      perm: [0, 3, 4, 1, 5, 2],
      outShape: [n, c, h * b, w * b],
    });
  },
);
