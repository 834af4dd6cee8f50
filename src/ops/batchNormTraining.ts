// Batch normalization by the statistics of the batch while a gradient is recorded, as two kernels where a backend has
// them: one forward, one for all gradients.

import { engine, getBackend, getGradient, getKernel, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';
import { BATCH_NORM_GRAD_KERNEL, BATCH_NORM_KERNEL, type BatchNormAttrs } from '../tfjs/ownKernelNames.js';
import { replaceGradient, type TypedGradient } from '../tfjs/registry.js';

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
 * Undefined where the caller must compose it: where no gradient is recorded or that of a gradient, and on backends without
 * the kernels. All three results have gradients.
 */
export function batchNormTraining({ x, gamma, beta, epsilon, hasRelu }: BatchNormTrainingArgs): Normalized | undefined {
  const isRecorded = engine().state.gradientDepth === 1;
  if (!isRecorded || x.size === 0 || x.dtype !== 'float32' || !getKernel(BATCH_NORM_KERNEL, getBackend())) {
    return undefined;
  }
  if (!getGradient(BATCH_NORM_KERNEL)) replaceGradient(gradient, false);
  const attrs: BatchNormAttrs = { epsilon, hasRelu };
  const results = engine().runKernel(BATCH_NORM_KERNEL, { x, gamma, beta }, { ...attrs }) as unknown as Tensor[];
  const [y, mean, variance] = results;
  if (hasRelu) activated.add(y);
  return { y, mean, variance };
}
