// Batch normalization by the statistics of the batch, with or without relu, and its gradient: each reads the images twice
// and writes them once. TensorFlow.js composes the gradient of some twenty passes.
//
// With S1 = sum dy and S2 = sum dy (x - mean), both over the n values of a channel, and r = 1 / sqrt(variance + epsilon):
//   dBeta = S1   dGamma = S2 r   dx = gamma r (dy - S1 / n - (x - mean) r^2 S2 / n)
// Source: https://arxiv.org/abs/1502.03167, section 3.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import {
  channelRow,
  fillChannelTable,
  normalize,
  normalizeGrad,
} from '../../../../../kernels/wasm/elementwise/index.js';
import { channelMoments, channelSums } from '../../../../../kernels/wasm/reduction/index.js';
import { withScratch } from '../../../../../kernels/wasm/scratch.js';
import {
  BATCH_NORM_GRAD_KERNEL,
  BATCH_NORM_KERNEL,
  BATCH_NORM_SUMS_KERNEL,
  type BatchNormAttrs,
} from '../../../../tfjs/ownKernelNames.js';
import { type NamedKernel, typedKernel } from '../../../../tfjs/registry.js';
import type { CpuBackend } from '../../backend.js';
import { deviceOf, sizeOf } from '../cpuKernel.js';

interface Inputs {
  readonly x: TensorInfo;
  readonly gamma: TensorInfo;
  readonly beta: TensorInfo;
}

type SumsInputs = Readonly<Record<'x' | 'dy' | 'mean' | 'variance', TensorInfo>>;

interface GradInputs extends Inputs {
  readonly dy: TensorInfo;
  readonly mean: TensorInfo;
  readonly variance: TensorInfo;
  readonly dMean: TensorInfo;
  readonly dVariance: TensorInfo;
}

/** A copy of a tensor's values, since a view of the heap is valid only until the next allocation. */
function valuesOf(backend: CpuBackend, tensor: TensorInfo): Float32Array {
  return new Float32Array(backend.data.get(tensor.dataId).values as Float32Array);
}

function vector(backend: CpuBackend, values: ArrayLike<number>): TensorInfo {
  return backend.makeTensorInfo([values.length], 'float32', Float32Array.from(values));
}

/** gamma / sqrt(variance + epsilon), the same bits forward and backward: relu's mask is computed twice. */
function scalesOf(gamma: Float32Array, variance: Float32Array, epsilon: number): Float32Array {
  return gamma.map((g, c) => g / Math.sqrt(variance[c] + epsilon));
}

/** x has values. */
export const batchNormTrainingKernel: NamedKernel = typedKernel<Inputs, BatchNormAttrs, CpuBackend>(
  BATCH_NORM_KERNEL,
  ({ inputs: { x, gamma, beta }, attrs: { epsilon, hasRelu }, backend }) => {
    const device = deviceOf(backend);
    const [channels, length] = [gamma.shape[0], sizeOf(x.shape)];
    const from = backend.toHeap(x);
    const moments = channelMoments(device, { x: from, length, channels });
    const [mean, variance] = [moments.mean, moments.variance].map((values) => Float32Array.from(values));
    const scales = scalesOf(valuesOf(backend, gamma), variance, epsilon);
    const parameters = [mean, scales, valuesOf(backend, beta)];
    const row = channelRow(channels, length);
    const result = backend.newTensor(x.shape);
    const y = backend.toHeap(result);
    withScratch(device, 12 * row, (table) => {
      fillChannelTable(device.floats(table, 3 * row), parameters);
      normalize(device, { x: from, y, length, table, row }, hasRelu);
    });
    return [result, vector(backend, mean), vector(backend, variance)];
  },
);

export const batchNormTrainingGradKernel: NamedKernel = typedKernel<GradInputs, BatchNormAttrs, CpuBackend>(
  BATCH_NORM_GRAD_KERNEL,
  ({ inputs, attrs: { epsilon, hasRelu }, backend }) => {
    const { x, dy } = inputs;
    const device = deviceOf(backend);
    const length = sizeOf(x.shape);
    const names = ['gamma', 'beta', 'mean', 'variance', 'dMean', 'dVariance'] as const;
    const [gamma, beta, mean, variance, dMean, dVariance] = names.map((name) => valuesOf(backend, inputs[name]));
    const scales = scalesOf(gamma, variance, epsilon);
    const channels = gamma.length;
    const [from, slope] = [backend.toHeap(x), backend.toHeap(dy)];
    const parameters = hasRelu ? [mean, scales, beta] : [mean];
    const name = hasRelu ? 'reluGrads' : 'grads';
    const [sums, products] = channelSums(device, name, { x: from, dy: slope, length, channels, parameters });
    const count = length / channels;
    const inverse = Float64Array.from(variance, (v) => 1 / Math.sqrt(v + epsilon));
    const slopes = products.map((s, c) => (2 * dVariance[c] - gamma[c] * inverse[c] ** 3 * s) / count);
    const shifts = sums.map((s, c) => (dMean[c] - gamma[c] * inverse[c] * s) / count);
    const rows = [mean, scales, slopes, shifts, ...(hasRelu ? [beta] : [])];
    const row = channelRow(channels, length);
    const result = backend.newTensor(x.shape);
    const y = backend.toHeap(result);
    withScratch(device, 4 * row * rows.length, (table) => {
      fillChannelTable(device.floats(table, row * rows.length), rows);
      normalizeGrad(device, { x: from, x2: slope, y, length, table, row }, hasRelu);
    });
    const dGamma = products.map((s, c) => s * inverse[c]);
    return [result, vector(backend, dGamma), vector(backend, sums)];
  },
);

/** The sums of the gradient alone, for statistics that are given. */
export const batchNormSumsKernel: NamedKernel = typedKernel<SumsInputs, { epsilon: number }, CpuBackend>(
  BATCH_NORM_SUMS_KERNEL,
  ({ inputs: { x, dy, mean, variance }, attrs: { epsilon }, backend }) => {
    const [means, variances] = [mean, variance].map((tensor) => valuesOf(backend, tensor));
    const operands = { x: backend.toHeap(x), dy: backend.toHeap(dy), length: sizeOf(x.shape) };
    const { length: channels } = means;
    const [sums, products] = channelSums(deviceOf(backend), 'grads', { ...operands, channels, parameters: [means] });
    const normal = products.map((s, c) => s / Math.sqrt(variances[c] + epsilon));
    return [vector(backend, sums), vector(backend, normal)];
  },
);
