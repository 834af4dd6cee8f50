// The elementwise kernels, reductions and batch normalization that the CPU engine has of its own.

import type { NamedKernel } from '../../../../tfjs/registry.js';
import { reduceKernels } from '../reduction/reduce.js';
import { batchNormKernel } from './batchNorm.js';
import { binaryKernels } from './binary.js';
import { convertKernels } from './convert.js';
import { unaryKernels } from './unary.js';

/** Each takes the place of the host's kernel of its name, and calls that for what it does not cover. */
export const elementwiseKernels: readonly NamedKernel[] = [
  ...unaryKernels,
  ...binaryKernels,
  ...reduceKernels,
  ...convertKernels,
  batchNormKernel,
];
