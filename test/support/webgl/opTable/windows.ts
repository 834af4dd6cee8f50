// Convolutions of every kind that the kernels tell apart, over six channels, and their right results.

import * as tf from '@tensorflow/tfjs';
import { groupConv2d } from '../../../../src/index.js';
import { valuesIn } from './operands.js';

export type Shape4D = [number, number, number, number];

export interface Window {
  readonly what: string;
  /** [kH, kW, inC per group, outC] */
  readonly filter: Shape4D;
  readonly strides?: [number, number];
  readonly dilations?: [number, number];
  readonly pad?: 'same' | 'valid';
}

/** One for each way that the kernels read their input. */
export const windows: readonly Window[] = [
  { what: '1x1', filter: [1, 1, 6, 5] },
  { what: '1x1, strides 2', filter: [1, 1, 6, 5], strides: [2, 2] },
  { what: '3x3', filter: [3, 3, 6, 5] },
  { what: '3x3, strides 2', filter: [3, 3, 6, 5], strides: [2, 2] },
  { what: '3x3, strides 3', filter: [3, 3, 6, 5], strides: [3, 3], pad: 'valid' },
  { what: '3x3, dilations 2', filter: [3, 3, 6, 5], dilations: [2, 2] },
  { what: '3x3, dilations 4', filter: [3, 3, 6, 5], dilations: [4, 4] },
  { what: '2x2', filter: [2, 2, 6, 5] },
  { what: '5x5', filter: [5, 5, 6, 5] },
  { what: '1x7', filter: [1, 7, 6, 5] },
  { what: '7x1', filter: [7, 1, 6, 5] },
  { what: 'depthwise 3x3', filter: [3, 3, 1, 6] },
  { what: 'depthwise 3x3, strides 2', filter: [3, 3, 1, 6], strides: [2, 2] },
  { what: 'depthwise 5x5', filter: [5, 5, 1, 6] },
  { what: 'depthwise 2x3, dilations 2', filter: [2, 3, 1, 6], dilations: [2, 2] },
  { what: '3x3 in two groups', filter: [3, 3, 3, 8] },
  { what: '1x1 in three groups', filter: [1, 1, 2, 9] },
  { what: '2x2 in six groups', filter: [2, 2, 1, 12] },
];

/** Every weight counts: none is near zero. */
function weightsOf({ filter }: Window): Float32Array {
  return valuesIn(filter, 5).map((value) => value + Math.sign(value) * 0.5);
}

export function convolve(x: tf.Tensor, window: Window): tf.Tensor {
  const { filter, strides = [1, 1], dilations = [1, 1], pad = 'same' } = window;
  return groupConv2d(x as tf.Tensor4D, tf.tensor4d(weightsOf(window), filter), strides, pad, 'NHWC', dilations);
}

/** The result of the plain loops of the cpu backend, which never read outside the image. */
export async function expected(values: Float32Array, shape: Shape4D, window: Window): Promise<Float32Array> {
  const before = tf.getBackend();
  await tf.setBackend('cpu');
  const y = tf.tidy(() => convolve(tf.tensor4d(values, shape), window).dataSync() as Float32Array);
  await tf.setBackend(before);
  return y;
}
