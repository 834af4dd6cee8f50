// Patches of images and their inverse: extract_patches, unfold, fold: https://keras.io/api/ops/image/, .../nn/

import * as tf from '@tensorflow/tfjs-core';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { spendTrial } from '../base/loadLimits.js';
import { gatherRows } from './indexingOps.js';
import { dataFormatOf } from './nnOps.js';
import type { OpCall } from './opCall.js';
import { type OpTable, op } from './opRow.js';
import { product } from './permuteAxes.js';
import { scatterRows } from './segmentOps.js';

/** The windows along one axis. */
export interface Windows {
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
}

export function windowCount(length: number, { size, stride, dilation, before, after }: Windows): number {
  return Math.floor((length + before + after - dilation * (size - 1) - 1) / stride) + 1;
}

/** The padding of 'same': as many windows as strides, the odd zero at the end. */
export function sameWindows(length: number, size: number, stride: number, dilation: number): Windows {
  const total = Math.max(0, (Math.ceil(length / stride) - 1) * stride + dilation * (size - 1) + 1 - length);
  const before = Math.floor(total / 2);
  return { size, stride, dilation, before, after: total - before };
}

/** Replaces an axis by two: the windows, and the places within one. */
function splitAxis(x: tf.Tensor, axis: number, windows: Windows): tf.Tensor {
  const { size, stride, dilation, before, after } = windows;
  const count = windowCount(x.shape[axis], windows);
  const margins = x.shape.map((_, i): [number, number] => (i === axis ? [before, after] : [0, 0]));
  spendTrial([count, size]);
  const places = Array.from({ length: count * size }, (_, i) => Math.floor(i / size) * stride + (i % size) * dilation);
  const rows = gatherRows(before + after > 0 ? tf.pad(x, margins) : x, places, axis);
  return tf.reshape(rows, [...x.shape.slice(0, axis), count, size, ...x.shape.slice(axis + 1)]);
}

/** [batch, ...spatial, channels] to [batch, ...windows, ...places, channels]. */
export function windowsOf(x: tf.Tensor, windows: readonly Windows[]): tf.Tensor {
  const rank = windows.length;
  const split = windows.reduce((y, window, i) => splitAxis(y, 1 + 2 * i, window), x);
  const counts = windows.map((_, i) => 1 + 2 * i);
  const places = windows.map((_, i) => 2 + 2 * i);
  return tf.transpose(split, [0, ...counts, ...places, 2 * rank + 1]);
}

function numbers(call: OpCall, key: string, rank: number, missing: readonly number[]): readonly number[] {
  if (!call.has(key)) return missing;
  const list = call.integers(key);
  const all = list.length === 1 ? Array<number>(rank).fill(list[0]) : list;
  const least = key === 'padding' ? 0 : 1;
  if (all.length === rank && all.every((value) => value >= least)) return all;
  throw call.wrong(key, `one whole number from ${least} up, or ${rank}`);
}

/** Patches with their values in the channels: the rows of a patch first, its channels last. */
const extractPatches = op('images size strides dilation_rate padding data_format', (call) => {
  const given = call.tensor('images');
  const isFirst = dataFormatOf(call) === 'channels_first';
  const count = call.integers('size').length;
  const rank = count === 3 ? 3 : 2;
  const isSingle = given.rank === rank + 1;
  if (!isSingle && given.rank !== rank + 2) {
    throw new KerasValueError(`${call.where}: Invalid images rank. Received: images.shape=${showValue(given.shape)}`);
  }
  const batch = isSingle ? tf.expandDims(given, 0) : given;
  const last = isFirst ? tf.transpose(batch, [0, ...Array.from({ length: rank }, (_, i) => i + 2), 1]) : batch;
  const size = numbers(call, 'size', rank, []);
  const strides = numbers(call, 'strides', rank, size);
  const dilations = numbers(
    call,
    'dilation_rate',
    rank,
    size.map(() => 1),
  );
  const isSame = call.oneOf('padding', ['valid', 'same'], 'valid') === 'same';
  const windows = size.map((k, i) =>
    isSame
      ? sameWindows(last.shape[i + 1] as number, k, strides[i], dilations[i])
      : { size: k, stride: strides[i], dilation: dilations[i], before: 0, after: 0 },
  );
  const all = windowsOf(last, windows);
  const patches = tf.reshape(all, [...all.shape.slice(0, rank + 1), product(all.shape.slice(rank + 1))]);
  const spatial = Array.from({ length: rank }, (_, i) => i + 1);
  const y = isFirst ? tf.transpose(patches, [0, rank + 1, ...spatial]) : patches;
  return isSingle ? tf.squeeze(y, [0]) : y;
});

/** The windows of PyTorch's unfold and fold over an image of this height and width. */
function torchWindows(call: OpCall): Windows[] {
  const ones = [1, 1];
  const size = numbers(call, 'kernel_size', 2, []);
  const dilation = numbers(call, 'dilation', 2, ones);
  const padding = numbers(call, 'padding', 2, [0, 0]);
  const stride = numbers(call, 'stride', 2, ones);
  return size.map((k, i) => ({
    size: k,
    stride: stride[i],
    dilation: dilation[i],
    before: padding[i],
    after: padding[i],
  }));
}

/** [batch, channels, height, width] to [batch, channels * kernel values, windows]. */
const unfold = op('x kernel_size dilation padding stride', (call) => {
  const x = call.tensor('x');
  if (x.rank !== 4) throw call.wrong('x', 'of rank 4');
  const all = windowsOf(tf.transpose(x, [0, 2, 3, 1]), torchWindows(call));
  const [n, countH, countW, kH, kW, c] = all.shape as [number, number, number, number, number, number];
  return tf.reshape(tf.transpose(all, [0, 5, 3, 4, 1, 2]), [n, c * kH * kW, countH * countW]);
});

/** The opposite of unfold; values of overlapping windows are added. */
const fold = op('x output_size kernel_size dilation padding stride', (call) => {
  const x = call.tensor('x');
  const [height, width] = numbers(call, 'output_size', 2, []);
  const [vertical, horizontal] = torchWindows(call);
  const [countH, countW] = [windowCount(height, vertical), windowCount(width, horizontal)];
  const kernel = vertical.size * horizontal.size;
  const [n, values, count] = x.shape as [number, number, number];
  if (x.rank !== 3 || values % kernel !== 0 || count !== countH * countW) {
    throw new KerasValueError(
      `${call.where}: x must be [batch, channels * ${kernel}, ${countH * countW}]. Received: x.shape=${showValue(x.shape)}`,
    );
  }
  const channels = values / kernel;
  const places: number[] = [];
  for (let k = 0; k < kernel; k++) {
    for (let window = 0; window < count; window++) {
      const [kY, kX] = [Math.floor(k / horizontal.size), k % horizontal.size];
      const y = Math.floor(window / countW) * vertical.stride + kY * vertical.dilation - vertical.before;
      const column = (window % countW) * horizontal.stride + kX * horizontal.dilation - horizontal.before;
      places.push(y >= 0 && y < height && column >= 0 && column < width ? y * width + column : -1);
    }
  }
  const rows = tf.transpose(tf.reshape(x, [n * channels, kernel * count]));
  return tf.reshape(tf.transpose(scatterRows(rows, places, height * width)), [n, channels, height, width]);
});

export const patchOps: OpTable = { ExtractPatches: extractPatches, Unfold: unfold, Fold: fold };
