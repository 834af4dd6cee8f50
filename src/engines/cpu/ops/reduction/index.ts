// The reductions of the CPU engine.

import type { NamedKernel } from '../../../../tfjs/registry.js';
import { argMaxKernels } from './argMax.js';
import { cumulateKernels } from './cumulate.js';
import { nonMaxKernels } from './nonMax.js';
import { reduceKernels } from './reduce.js';
import { softmaxKernel } from './softmax.js';
import { topKKernel } from './topK.js';

export const reductionKernels: readonly NamedKernel[] = [
  ...reduceKernels,
  ...argMaxKernels,
  ...cumulateKernels,
  ...nonMaxKernels,
  softmaxKernel,
  topKKernel,
];
