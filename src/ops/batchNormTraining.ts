// Batch normalization by the statistics of the batch while a gradient is recorded, as two kernels where a backend has
// them: one forward, one for all gradients. Elsewhere on our backends of few operations on images.

import {
  add,
  batchNorm4d,
  customGrad,
  engine,
  type GradSaveFunc,
  getBackend,
  getGradient,
  getKernel,
  mean as meanOf,
  mul,
  type NamedTensorMap,
  rsqrt,
  square,
  sub,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { BATCH_NORM_GRAD_KERNEL, BATCH_NORM_KERNEL, type BatchNormAttrs } from '../tfjs/ownKernelNames.js';
import { isConvnet, replaceGradient, type TypedGradient } from '../tfjs/registry.js';
import { normSums } from './batchNormGradients.js';

export interface BatchNormTrainingArgs extends BatchNormAttrs {
  /** float32, [..., channels] */
  readonly x: Tensor;
  /** float32, [channels] */
  readonly gamma: Tensor;
  readonly beta: Tensor;
}

export interface Normalized {
  readonly y: Tensor;
  /** [channels] */
  readonly mean: Tensor;
  /** [channels]; divided by the number of values. */
  readonly variance: Tensor;
}

const gradient = {
  kernelName: BATCH_NORM_KERNEL,
  inputsToSave: ['x', 'gamma', 'beta'],
  outputsToSave: [false, true, true],
  // TensorFlow.js gives kernels of several outputs an array, which its types do not know.
  gradFunc: (given: unknown, [x, gamma, beta, mean, variance]: Tensor[], attrs: BatchNormAttrs) => {
    const [dy, dMean, dVariance] = given as Tensor[];
    const inputs: NamedTensorMap = { dy, x, gamma, beta, mean, variance, dMean, dVariance };
    // Now: what one of the functions below makes is disposed of when it returns.
    const results = engine().runKernel(BATCH_NORM_GRAD_KERNEL, inputs, { ...attrs }) as unknown as Tensor[];
    const result = (i: number) => () => results[i];
    return { x: result(0), gamma: result(1), beta: result(2) };
  },
} as unknown as TypedGradient<BatchNormAttrs>;

/** The outputs of kernels with relu in them: relu need not be computed once more. */
const activated = new WeakSet<Tensor>();

/** Whether relu of x is x, and a gradient through relu and through x alone is the same. */
export function isActivated(x: Tensor): boolean {
  return activated.has(x);
}

/**
 * Undefined where the caller must compose it: where no gradient is recorded or that of a gradient, and on backends of
 * others. A gradient through mean and variance alone is there on the CPU engine only.
 */
export function batchNormTraining(args: BatchNormTrainingArgs): Normalized | undefined {
  const { x, gamma, beta, epsilon, hasRelu } = args;
  if (engine().state.gradientDepth !== 1 || x.size === 0 || x.dtype !== 'float32') return undefined;
  if (!getKernel(BATCH_NORM_KERNEL, getBackend())) {
    return isConvnet(getBackend()) && x.rank === 4 ? composed(args) : undefined;
  }
  if (!getGradient(BATCH_NORM_KERNEL)) replaceGradient(gradient, false);
  const attrs: BatchNormAttrs = { epsilon, hasRelu };
  const results = engine().runKernel(BATCH_NORM_KERNEL, { x, gamma, beta }, { ...attrs }) as unknown as Tensor[];
  const [y, mean, variance] = results;
  if (hasRelu) activated.add(y);
  return { y, mean, variance };
}

const pixelAxes = [0, 1, 2];

/** The value alone: what it is computed of is not recorded. */
function unrecorded(f: () => Tensor): Tensor {
  return customGrad(() => ({ value: f(), gradFunc: () => [] }))();
}

/** Few draws on WebGL2, all on images: a reshape or a repeated vector would leave the engine's own layout. */
function composed({ x, gamma, beta, epsilon }: BatchNormTrainingArgs): Normalized {
  const mean = unrecorded(() => meanOf(x, pixelAxes));
  const variance = unrecorded(() => meanOf(square(sub(x, mean)), pixelAxes));
  const normalize = customGrad((images, scale, offset, save) => {
    const statistics = [mean, variance] as [Tensor1D, Tensor1D];
    const value = batchNorm4d(images as Tensor4D, ...statistics, offset as Tensor1D, scale as Tensor1D, epsilon);
    (save as GradSaveFunc)([images as Tensor, scale as Tensor, ...statistics]);
    const gradFunc = (dy: Tensor, saved: Tensor[]) => composedGradient(dy, saved, epsilon);
    return { value, gradFunc: gradFunc as never }; // core types the gradient of several inputs as one tensor's
  });
  return { y: normalize(x, gamma, beta), mean, variance };
}

function composedGradient(dy: Tensor, [x, gamma, mean, variance]: Tensor[], epsilon: number): Tensor[] {
  const sums = normSums(dy, x, mean, variance, epsilon);
  const factor = mul(gamma, rsqrt(add(variance, epsilon)));
  const share = mul(factor, -gamma.size / x.size);
  // What the statistics take back is one draw: x normalized, times a factor, plus a shift.
  const [slope, shift] = [sums.product, sums.dy].map((values) => mul(share, values) as Tensor1D);
  const statistics = [mean, variance] as [Tensor1D, Tensor1D];
  const back = batchNorm4d(x as Tensor4D, ...statistics, shift, slope, epsilon);
  return [add(mul(dy, factor), back), sums.product, sums.dy];
}
