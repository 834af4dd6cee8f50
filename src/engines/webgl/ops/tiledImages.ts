// Code that the kernels on tiled images share: their operands, and new tensors.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Dims, TileLayout } from '../../../../kernels/glsl/tiled/layout/layout.js';
import type { WebglBackend } from '../backend.js';
import type { BoundProgram } from '../gl/draw.js';
import type { TiledTensor } from '../tensors/tiledTensor.js';

/** A batch of images in the tiled layout, if it is there. */
export function imagesOf({ tensors }: WebglBackend, x: TensorInfo): TiledTensor | undefined {
  return x.dtype === 'float32' && x.shape.length === 4 ? tensors.find(x) : undefined;
}

export function shapeOf({ n, h, w, c }: Dims): [number, number, number, number] {
  return [n, h, w, c];
}

/** A new tensor that a draw fills. */
export function drawn(
  { tensors }: WebglBackend,
  layout: TileLayout,
  bound: BoundProgram,
  shape: readonly number[] = shapeOf(layout),
): TensorInfo {
  const { info, tensor } = tensors.make(shape, layout);
  tensors.draw(tensor.texture, bound);
  return info;
}
