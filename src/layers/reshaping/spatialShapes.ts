// Shapes of layers that change the sides of their input and leave batch and channels alone.

import { reshape, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import type { KerasDataFormat } from '../base/fields.js';

/** The axis of the first side. */
export function firstSpatialAxis(dataFormat: KerasDataFormat): 1 | 2 {
  return dataFormat === 'channels_last' ? 1 : 2;
}

/** The shape with each known side changed; `f` gets the side and its number from 0. */
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
 * Volumes in rank 4, the most that TensorFlow.js pads on WebGL: channels become part of the width, `inner` of them to a
 * voxel, or of the batch.
 */
export function mergeVolumes(x: Tensor, dataFormat: KerasDataFormat): { merged: Tensor4D; inner: number } {
  const [batch, ...others] = x.shape;
  const isLast = dataFormat === 'channels_last';
  const inner = isLast ? others[3] : 1;
  const [depth, height, width] = isLast ? others : others.slice(1);
  return { merged: reshape(x, [isLast ? batch : batch * others[0], depth, height, width * inner]), inner };
}
