// The elementwise kernels of the CPU engine.

import type { NamedKernel } from '../../../../tfjs/registry.js';
import { batchNormKernel } from './batchNorm.js';
import { binaryKernels } from './binary.js';
import { boolKernels } from './bools.js';
import { castKernel } from './cast.js';
import { fillKernels } from './fill.js';
import { unaryKernels } from './unary.js';

export const elementwiseKernels: readonly NamedKernel[] = [
  ...unaryKernels,
  ...binaryKernels,
  ...boolKernels,
  ...fillKernels,
  castKernel,
  batchNormKernel,
];
