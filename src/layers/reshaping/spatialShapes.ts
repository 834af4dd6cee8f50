// Shapes of layers that change the spatial dimensions of their input, but not batch and channels.

import { reshape, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import type { KerasDataFormat } from '../base/fields.js';

/** The first spatial axis. */
export function firstSpatialAxis(dataFormat: KerasDataFormat): 1 | 2 {
  return dataFormat === 'channels_last' ? 1 : 2;
}

/**
 * Maps each known spatial size of a shape.
 * @param f receives the size and the index of the spatial dimension, from 0.
 */
export function mapSpatialSizes(
  shape: Shape,
  spatialRank: number,
  dataFormat: KerasDataFormat,
  f: (size: number, i: number) => number,
): Shape {
  const first = firstSpatialAxis(dataFormat);
  return shape.map((size, axis) => {
    const i = axis - first;
    return i < 0 || i >= spatialRank || size === null ? size : f(size, i);
  });
}

/**
 * Reshapes volumes to rank 4, the highest that TensorFlow.js can pad on WebGL. channels_last merges the channels into
 * the width, with `inner` values per voxel. channels_first merges them into the batch.
 */
export function mergeVolumes(x: Tensor, dataFormat: KerasDataFormat): { merged: Tensor4D; inner: number } {
  const [batch, ...others] = x.shape;
  const isLast = dataFormat === 'channels_last';
  const inner = isLast ? others[3] : 1;
  const [depth, height, width] = isLast ? others : others.slice(1);
  return { merged: reshape(x, [isLast ? batch : batch * others[0], depth, height, width * inner]), inner };
}
