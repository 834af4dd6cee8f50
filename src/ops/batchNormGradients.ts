// The gradient of tf.batchNorm(). TensorFlow.js multiplies and sums images five times and repeats a vector to their shape;
// here two sums serve four of the five results:
//
//   r = 1 / sqrt(variance + epsilon)   S1 = sum dy   S2 = sum dy (x - mean) r
//   dx = dy scale r   dMean = -scale r S1   dVariance = -scale r^2 S2 / 2   dScale = S2   dOffset = S1

import {
  add,
  batchNorm4d,
  engine,
  getBackend,
  getKernel,
  mul,
  neg,
  rsqrt,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { BATCH_NORM_SUMS_KERNEL } from '../tfjs/ownKernelNames.js';
import { type Gradient, replaceOnConvnet } from './onConvnet.js';

interface Attrs {
  readonly varianceEpsilon: number;
}

/** The sums over all pixels, each [channels]: of dy, and of dy times normalized x. */
export interface NormSums {
  readonly dy: Tensor;
  readonly product: Tensor;
}

/** All of rank 4, with the channels last; mean and variance [channels]. */
export function normSums(dy: Tensor, x: Tensor, mean: Tensor, variance: Tensor, epsilon: number): NormSums {
  if (getKernel(BATCH_NORM_SUMS_KERNEL, getBackend())) {
    const inputs = { dy, x, mean, variance };
    const results = engine().runKernel(BATCH_NORM_SUMS_KERNEL, inputs, { epsilon }) as unknown as Tensor[];
    return { dy: results[0], product: results[1] };
  }
  const [images, ...statistics] = [x, mean, variance] as [Tensor4D, Tensor1D, Tensor1D];
  const normal = batchNorm4d(images, ...statistics, undefined, undefined, epsilon);
  return { dy: sum(dy, [0, 1, 2]), product: sum(mul(dy, normal), [0, 1, 2]) };
}

function gradient(official: Gradient | undefined): Gradient {
  const gradFunc = (dy: Tensor, saved: Tensor[], attrs: Attrs) => {
    const [x, mean, variance, scale] = saved;
    const isPerChannel = scale != null && mean.rank === 1 && scale.rank === 1 && variance.rank === 1;
    // A gradient that is recorded, for its own gradient, needs operations that have one.
    const isOurs = isPerChannel && x.rank === 4 && x.size > 0 && engine().state.gradientDepth === 0;
    if (!isOurs && official) return official.gradFunc(dy, saved, attrs as never);
    const epsilon = attrs.varianceEpsilon;
    const inverse = rsqrt(add(variance, epsilon));
    const factor = mul(scale, inverse);
    // Now: what one of the functions below makes is disposed of when it returns.
    const sums = normSums(dy, x, mean, variance, epsilon);
    return {
      x: () => mul(dy, factor),
      mean: () => neg(mul(factor, sums.dy)),
      variance: () => mul(mul(mul(factor, inverse), sums.product), -0.5),
      scale: () => sums.product.clone(),
      offset: () => sums.dy.clone(),
    };
  };
  return { kernelName: 'FusedBatchNorm', inputsToSave: ['x', 'mean', 'variance', 'scale'], gradFunc } as never;
}

/** Puts it in the place of TensorFlow.js's, which stays in charge on other backends. */
export function installBatchNormGradients(): void {
  replaceOnConvnet('FusedBatchNorm', gradient);
}
