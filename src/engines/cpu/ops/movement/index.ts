// The kernels of the CPU engine that move values and compute nothing, and those that add at indices.

import type { NamedKernel } from '../../../../tfjs/registry.js';
import { concatKernels } from './concat.js';
import { depthToSpaceKernel } from './depthToSpace.js';
import { fromPixelsKernel } from './fromPixels.js';
import { gatherKernels } from './gather.js';
import { padKernels } from './pad.js';
import { reverseKernel } from './reverse.js';
import { scatterKernels } from './scatter.js';
import { sliceKernels } from './slice.js';
import { spaceToBatchKernels } from './spaceToBatch.js';
import { splitKernels } from './split.js';
import { tileKernel } from './tile.js';
import { transposeKernel } from './transpose.js';

export const movementKernels: readonly NamedKernel[] = [
  transposeKernel,
  depthToSpaceKernel,
  ...spaceToBatchKernels,
  ...sliceKernels,
  ...splitKernels,
  reverseKernel,
  ...concatKernels,
  tileKernel,
  ...padKernels,
  fromPixelsKernel,
  ...gatherKernels,
  ...scatterKernels,
];
