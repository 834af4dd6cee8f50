// Pooling over one, two or three spatial dimensions as pooling of images. In 3D the image planes are pooled first, then
// the depth.

import {
  avgPool,
  engine,
  maxPool,
  mul,
  pad,
  reshape,
  type Tensor,
  type Tensor4D,
  tensor4d,
  transpose,
} from '@tensorflow/tfjs-core';
import type { KerasDataFormat, KerasPadding } from '../base/fields.js';

export type PoolMode = 'max' | 'average';

/** The geometry of a pooling. */
export interface PoolWindow {
  /** Each list has a value per spatial dimension. */
  readonly poolSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: KerasPadding;
  readonly dataFormat: KerasDataFormat;
}

/**
 * Pools x, which is [batch, ...spatial, channels] or [batch, channels, ...spatial] as the window's data format says.
 */
export function runPool(mode: PoolMode, x: Tensor, window: PoolWindow): Tensor {
  if (window.dataFormat === 'channels_last') return poolChannelsLast(mode, x, window);
  const order = x.shape.map((_, i) => i);
  const [batch, channels, ...spatial] = order;
  const last = transpose(x, [batch, ...spatial, channels]);
  return transpose(poolChannelsLast(mode, last, window), [0, x.rank - 1, ...order.slice(1, -1)]);
}

function poolChannelsLast(mode: PoolMode, x: Tensor, { poolSize, strides, padding }: PoolWindow): Tensor {
  const shape: number[] = x.shape;
  const [batch, ...others] = shape;
  if (poolSize.length === 2) return poolImages(mode, x, { poolSize, strides, padding });
  if (poolSize.length === 1) {
    const row: Tensor = reshape(x, [batch, 1, ...others]);
    const y = poolImages(mode, row, { poolSize: [1, ...poolSize], strides: [1, ...strides], padding });
    return reshape(y, [batch, y.shape[2] as number, others[1]]);
  }
  const [depth, height, width, channels] = others;
  const planes: Tensor = reshape(x, [batch * depth, height, width, channels]);
  const y = poolImages(mode, planes, { poolSize: poolSize.slice(1), strides: strides.slice(1), padding });
  const [, outH, outW]: number[] = y.shape;
  const columns: Tensor = reshape(y, [batch, depth, outH * outW, channels]);
  const z = poolImages(mode, columns, { poolSize: [poolSize[0], 1], strides: [strides[0], 1], padding });
  return reshape(z, [batch, z.shape[1] as number, outH, outW, channels]);
}

type ImageWindow = Omit<PoolWindow, 'dataFormat'>;

/** Pools x [batch, height, width, channels] with a window of rank 2. */
export function poolImages(mode: PoolMode, x: Tensor, window: ImageWindow): Tensor {
  const size = window.poolSize as [number, number];
  const strides = window.strides as [number, number];
  if (mode === 'max') return maxPool(x as Tensor4D, size, strides, window.padding);
  // TensorFlow.js's gradient divides by the window's size at the borders too, where the average is over fewer values.
  const isRecording = window.padding === 'same' && engine().state.gradientDepth > 0;
  return isRecording ? paddedAverage(x, window) : avgPool(x as Tensor4D, size, strides, window.padding);
}

/** The average over the zero-padded input, times (size of the window / number of values of x in it). */
function paddedAverage(x: Tensor, { poolSize, strides }: ImageWindow): Tensor {
  const [, height, width]: number[] = x.shape;
  const rows = borders(height, poolSize[0], strides[0]);
  const columns = borders(width, poolSize[1], strides[1]);
  const none: [number, number] = [0, 0];
  const padded = pad(x, [none, rows.pads, columns.pads, none]) as Tensor4D;
  const average = avgPool(padded, poolSize as [number, number], strides as [number, number], 'valid');
  const factors = rows.factors.flatMap((row) => columns.factors.map((column) => row * column));
  return mul(average, tensor4d(factors, [1, rows.factors.length, columns.factors.length, 1]));
}

function borders(size: number, k: number, stride: number): { pads: [number, number]; factors: number[] } {
  const out = Math.ceil(size / stride);
  const total = Math.max((out - 1) * stride + k - size, 0);
  const before = Math.floor(total / 2);
  const factors = Array.from({ length: out }, (_, i) => {
    const start = i * stride - before;
    return k / (Math.min(start + k, size) - Math.max(start, 0));
  });
  return { pads: [before, total - before], factors };
}
