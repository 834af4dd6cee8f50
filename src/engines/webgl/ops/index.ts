// The kernels around convolution that keep tensors in the tiled layout, under TensorFlow.js's names, by family.

import type { NamedKernel } from '../../../tfjs/registry.js';
import { batchNormKernel } from './elementwise/batchNorm.js';
import { binaryKernels } from './elementwise/binary.js';
import { selectKernel } from './elementwise/select.js';
import { unaryKernels } from './elementwise/unary.js';
import { matMulKernels } from './matmul/matMul.js';
import { concatKernel } from './movement/concat.js';
import { depthToSpaceKernel } from './movement/depthToSpace.js';
import { padKernels } from './movement/pad.js';
import { reshapeKernel } from './movement/reshape.js';
import { sliceKernels } from './movement/slice.js';
import { poolKernels } from './pooling/pool.js';
import { reduceKernels } from './reduction/reduce.js';
import { softmaxKernel } from './reduction/softmax.js';
import { bilinearKernel } from './resize/bilinear.js';
import { nearestKernels } from './resize/nearest.js';

const elementwise = [...unaryKernels, ...binaryKernels, batchNormKernel, selectKernel];
const matmul = matMulKernels;
const movement = [...padKernels, ...sliceKernels, concatKernel, depthToSpaceKernel, reshapeKernel];
const pooling = poolKernels;
const reduction = [...reduceKernels, softmaxKernel];
const resize = [bilinearKernel, ...nearestKernels];

/** Each takes the place of TensorFlow.js's kernel of its name, and calls that for cases that it does not cover. */
export const opKernels: readonly NamedKernel[] = [
  ...elementwise,
  ...matmul,
  ...movement,
  ...pooling,
  ...reduction,
  ...resize,
];
