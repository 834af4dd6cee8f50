// The kernels around convolution that keep tensors in the tiled layout, under TensorFlow.js's names, by family.

import { type NamedKernel, wrapKernel } from '../../../tfjs/registry.js';
import { byParts } from './complexParts.js';
import { batchNormKernel } from './elementwise/batchNorm.js';
import { binaryKernels } from './elementwise/binary.js';
import { reluGradKernel, spreadKernel } from './elementwise/gradients.js';
import { selectKernel } from './elementwise/select.js';
import { unaryKernels } from './elementwise/unary.js';
import { matMulKernels } from './matmul/matMul.js';
import { concatKernel } from './movement/concat.js';
import { depthToSpaceKernel } from './movement/depthToSpace.js';
import { forHighRank } from './movement/highRank.js';
import { padKernels } from './movement/pad.js';
import { reshapeKernel } from './movement/reshape.js';
import { sliceKernels } from './movement/slice.js';
import { poolKernels } from './pooling/pool.js';
import { batchNormSumsKernel } from './reduction/normSums.js';
import { alsoOfNothing } from './reduction/ofNothing.js';
import { reduceKernels } from './reduction/reduce.js';
import { softmaxKernel } from './reduction/softmax.js';
import { bilinearKernel } from './resize/bilinear.js';
import { nearestKernels } from './resize/nearest.js';

/** Slices and reshapes also of complex tensors, padding also of more than four axes. */
const complexKernels = [reshapeKernel, ...sliceKernels].map((kernel) => wrapKernel(kernel, byParts(kernel.kernelFunc)));
const highRankKernels = padKernels.map((kernel) => {
  return wrapKernel(kernel, forHighRank(kernel.kernelName, kernel.kernelFunc));
});

const elementwise = [...unaryKernels, ...binaryKernels, batchNormKernel, selectKernel, reluGradKernel, spreadKernel];
const matmul = matMulKernels;
const movement = [...complexKernels, ...highRankKernels, concatKernel, depthToSpaceKernel];
const pooling = poolKernels;
const reduction = [...reduceKernels.map(alsoOfNothing), softmaxKernel, batchNormSumsKernel];
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
