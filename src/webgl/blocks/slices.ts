// Sums over the pixels of a batch: draws the sums of slices into a texture of its own, then the sum of those.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { BlockLayout } from '../../../kernels/glsl/block/layout.js';
import { type Partial, type PartialSize, planPartial } from '../../../kernels/glsl/block/partial.js';
import { sumSlicesProgram } from '../../../kernels/glsl/block/sumSlices.js';
import type { WebglBackend } from '../backend.js';
import type { Source } from '../layout/blockStore.js';

export interface SliceSums {
  readonly shape: readonly number[];
  /** The tensor over whose pixels is summed. */
  readonly over: BlockLayout;
  readonly size: PartialSize;
  /** Texels that a fragment fetches for each pixel. */
  readonly fetches: number;
  /** The sums of a slice. */
  first(partial: Partial): Source;
  /** Uniforms of the sum of the slices, in a texture of the host of so many columns. */
  second(partial: Partial, columns: number): number[];
}

/** Whether one slice at least fits into a texture. */
export function hasSlices({ columns, rows }: PartialSize, { blocks }: WebglBackend): boolean {
  return Math.max(columns, rows) + 2 <= blocks.caps.maxTextureSize;
}

/** Fetches of one draw: a tenth of a second on a slow GPU, which does nothing else meanwhile. */
const FETCHES_PER_DRAW = 2 ** 26;

/** A tensor of the host. */
export function sumSlices({ blocks }: WebglBackend, sums: SliceSums): TensorInfo {
  const { shape, over, size } = sums;
  const partial = planPartial(size, over, blocks.caps.maxTextureSize);
  const texture = blocks.textures.acquire(partial);
  const source = sums.first(partial);
  const pixels = partial.blockRows * over.blockColumns * over.layers;
  const rows = partial.slices * partial.rows;
  const rowsPerDraw = Math.max(1, Math.floor(FETCHES_PER_DRAW / (partial.columns * pixels * sums.fetches)));
  for (let row = 0; row < rows; row += rowsPerDraw) {
    blocks.draw({ texture }, source, [row, Math.min(rowsPerDraw, rows - row)]);
  }
  const info = blocks.makeHost(shape, (columns) => {
    return { program: sumSlicesProgram(), inputs: { partial: texture }, ints: sums.second(partial, columns) };
  });
  blocks.textures.release(texture);
  return info;
}
