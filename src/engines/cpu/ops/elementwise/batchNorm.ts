// FusedBatchNorm with one mean, variance, scale and offset per channel.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { channelRow, fillNormalizeTable, normalize } from '../../../../../kernels/wasm/elementwise/index.js';
import { withScratch } from '../../../../../kernels/wasm/scratch.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { CpuBackend } from '../../backend.js';
import { type FastArgs, fastKernel, sizeOf } from '../cpuKernel.js';

interface Inputs {
  readonly x: TensorInfo;
  readonly mean: TensorInfo;
  readonly variance: TensorInfo;
  readonly scale?: TensorInfo;
  readonly offset?: TensorInfo;
}

/** A copy of a tensor's values, since a view of the heap is valid only until the next allocation. */
function valuesOf(backend: CpuBackend, tensor: TensorInfo): Float32Array {
  return new Float32Array(backend.data.get(tensor.dataId).values as Float32Array);
}

/** scale / sqrt(variance + epsilon), in double precision. */
function scales(variance: Float32Array, scale: Float32Array | undefined, epsilon: number): Float32Array {
  return variance.map((v, c) => (scale ? scale[c] : 1) / Math.sqrt(v + epsilon));
}

function batchNorm({
  inputs: { x, mean, variance, scale, offset },
  attrs: { varianceEpsilon },
  backend,
  device,
}: FastArgs<Inputs, { varianceEpsilon?: number }>): TensorInfo | undefined {
  const channels = x.shape.at(-1);
  const parameters = [mean, variance, scale, offset].filter((tensor) => tensor != null);
  const isPerChannel = parameters.every(({ shape }) => shape.length === 1 && shape[0] === channels);
  if (!channels || !isPerChannel || [x, ...parameters].some(({ dtype }) => dtype !== 'float32')) return undefined;
  const length = sizeOf(x.shape);
  const row = channelRow(channels, length);
  const epsilon = varianceEpsilon ?? 0.001;
  const from = backend.toHeap(x);
  const result = backend.newTensor(x.shape);
  if (length === 0) return result;
  const y = backend.toHeap(result);
  const fill = (table: number) => {
    fillNormalizeTable(device.floats(table, 3 * row), {
      mean: valuesOf(backend, mean),
      scale: scales(valuesOf(backend, variance), scale && valuesOf(backend, scale), epsilon),
      offset: offset ? valuesOf(backend, offset) : new Float32Array(channels),
    });
  };
  const run = (table: number) => normalize(device, { x: from, y, length, table, row });
  if (parameters.some(({ dataId }) => device.recording?.isDynamic(dataId))) {
    withScratch(device, 12 * row, (table) => {
      fill(table);
      run(table);
    });
  } else {
    const stamps = [mean, scale, offset].map((tensor) => tensor && backend.dataOf(tensor.dataId).stamp);
    backend.weights.of(variance.dataId).with(`normalize ${row} ${epsilon} ${stamps}`, 12 * row, fill, run);
  }
  return result;
}

export const batchNormKernel: NamedKernel = fastKernel('FusedBatchNorm', batchNorm);
