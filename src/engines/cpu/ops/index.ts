// The kernels around convolution that the CPU engine has of its own, under the host's names.

import type { NamedKernel } from '../../../tfjs/registry.js';
import { elementwiseKernels } from './elementwise/index.js';
import { matmulKernels } from './matmul/matMul.js';
import { movementKernels } from './movement/index.js';
import { poolingKernels } from './pooling/pool.js';
import { resizeKernels } from './resize/resize.js';

export const neighbourKernels: readonly NamedKernel[] = [
  ...elementwiseKernels,
  ...matmulKernels,
  ...movementKernels,
  ...poolingKernels,
  ...resizeKernels,
];
