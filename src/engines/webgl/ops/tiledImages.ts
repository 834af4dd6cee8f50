// What the kernels on images in tiles share: their operands, and new tensors.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Dims, TileLayout } from '../../../../kernels/glsl/tiled/layout/layout.js';
import type { WebglBackend } from '../backend.js';
import type { TensorStore, TiledTensor } from '../tensors/tensorStore.js';

/** A tensor's form in tiles, if it is a batch of images that has one. */
export function imagesOf({ tensors }: WebglBackend, x: TensorInfo): TiledTensor | undefined {
  return x.dtype === 'float32' && x.shape.length === 4 ? tensors.find(x) : undefined;
}

export function shapeOf({ n, h, w, c }: Dims): [number, number, number, number] {
  return [n, h, w, c];
}

/** The same values in another shape; tensors are immutable, so they may be shared. */
export function reshaped(backend: WebglBackend, { dataId, dtype }: TensorInfo, shape: readonly number[]): TensorInfo {
  backend.incRef(dataId);
  return { dataId, dtype, shape: [...shape] };
}

/** A new tensor of images that a draw fills. */
export function drawn(
  { tensors }: WebglBackend,
  layout: TileLayout,
  draw: Parameters<TensorStore['draw']>[1],
  shape: readonly number[] = shapeOf(layout),
): TensorInfo {
  const target = tensors.make(shape, layout);
  tensors.draw(target.tensor, draw);
  return target.info;
}
