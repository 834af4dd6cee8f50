// The kernels around convolution that keep tensors in the tiled layout, under TensorFlow.js's names.

import type { NamedKernel } from '../../../tfjs/registry.js';
import { batchNormKernel } from './elementwise/batchNorm.js';
import { binaryKernels } from './elementwise/binary.js';
import { selectKernel } from './elementwise/select.js';
import { unaryKernels } from './elementwise/unary.js';
import { matmulKernels } from './matmul/matMul.js';
import { imageKernels } from './movement/index.js';
import { reshapeKernel } from './movement/reshape.js';
import { reduceKernels } from './reduction/reduce.js';
import { softmaxKernel } from './reduction/softmax.js';

/** Each takes the place of TensorFlow.js's kernel of its name, and calls that for what it does not cover. */
export const opKernels: readonly NamedKernel[] = [
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
