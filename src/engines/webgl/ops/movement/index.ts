// The kernels on whole images that keep them in the tiled layout: pooling, frames, parts, joins, resizes.

import type { NamedKernel } from '../../../../tfjs/registry.js';
import { poolingKernels } from '../pooling/pool.js';
import { resizeKernels } from '../resize/resize.js';
import { joinKernels } from './concat.js';
import { frameKernels } from './pad.js';
import { sliceKernels } from './slice.js';

export const imageKernels: readonly NamedKernel[] = [
  ...poolingKernels,
  ...frameKernels,
  ...sliceKernels,
  ...joinKernels,
  ...resizeKernels,
];
