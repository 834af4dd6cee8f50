// The kernels on whole images that keep them in the block layout: pooling, frames, parts, joins, resizes.

import type { NamedKernel } from '../../../host/registry.js';
import { frameKernels } from './frames.js';
import { joinKernels } from './joins.js';
import { poolingKernels } from './pooling.js';
import { resizeKernels } from './resize.js';
import { sliceKernels } from './slices.js';

export const imageKernels: readonly NamedKernel[] = [
  ...poolingKernels,
  ...frameKernels,
  ...sliceKernels,
  ...joinKernels,
  ...resizeKernels,
];
