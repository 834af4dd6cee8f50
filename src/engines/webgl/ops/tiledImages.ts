// What the kernels on images in blocks share: their operands, and new tensors.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { BlockLayout, Dims } from '../../../../kernels/glsl/tiled/layout/layout.js';
import type { WebglBackend } from '../backend.js';
import type { BlockStore, Blocks } from '../tensors/tensorStore.js';

/** A tensor's form in blocks, if it is a batch of images that has one. */
export function imagesOf({ blocks }: WebglBackend, x: TensorInfo): Blocks | undefined {
  return x.dtype === 'float32' && x.shape.length === 4 ? blocks.find(x) : undefined;
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
  { blocks }: WebglBackend,
  layout: BlockLayout,
  draw: Parameters<BlockStore['draw']>[1],
  shape: readonly number[] = shapeOf(layout),
): TensorInfo {
  const target = blocks.make(shape, layout);
  blocks.draw(target.blocks, draw);
  return target.info;
}
