// The kernels around convolution that the CPU engine has of its own, under the host's names.

import type { NamedKernel } from '../../host/registry.js';
import { elementwiseKernels } from './elementwise/index.js';
import { matmulKernels } from './matmul/index.js';
import { movementKernels } from './movement/index.js';
import { poolingKernels } from './pooling/index.js';
import { resizeKernels } from './resize/index.js';

export const neighbourKernels: readonly NamedKernel[] = [
  ...elementwiseKernels,
  ...matmulKernels,
  ...movementKernels,
  ...poolingKernels,
  ...resizeKernels,
];
