// The ops besides convolution that the CPU engine computes itself, under the names of TensorFlow.js.

import type { NamedKernel } from '../../../tfjs/registry.js';
import { elementwiseKernels } from './elementwise/index.js';
import { matmulKernels } from './matmul/index.js';
import { movementKernels } from './movement/index.js';
import { poolingKernels } from './pooling/index.js';
import { reductionKernels } from './reduction/index.js';
import { resizeKernels } from './resize/index.js';

/** Each replaces the official kernel of its name, and calls that for what it does not cover. */
export const opKernels: readonly NamedKernel[] = [
  ...elementwiseKernels,
  ...reductionKernels,
  ...matmulKernels,
  ...movementKernels,
  ...poolingKernels,
  ...resizeKernels,
];
