// The kernels around convolution that keep tensors in the block layout, under the host's names.

import type { NamedKernel } from '../../host/registry.js';
import { batchNormKernel } from './batchNorm.js';
import { binaryKernels } from './binary.js';
import { imageKernels } from './images/index.js';
import { matmulKernels } from './matmul.js';
import { reduceKernels } from './reduce.js';
import { reshapeKernel } from './reshape.js';
import { selectKernel } from './select.js';
import { softmaxKernel } from './softmax.js';
import { unaryKernels } from './unary.js';

/** Each takes the place of the host's kernel of its name, and calls that for what it does not cover. */
export const neighbourKernels: readonly NamedKernel[] = [
  ...unaryKernels,
  ...binaryKernels,
  ...reduceKernels,
  ...matmulKernels,
  ...imageKernels,
  batchNormKernel,
  reshapeKernel,
  selectKernel,
  softmaxKernel,
];
