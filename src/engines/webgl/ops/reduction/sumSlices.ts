// Sums over the pixels of a batch: draws the sums of slices into a texture of its own, then the sum of those.

import { env, type TensorInfo } from '@tensorflow/tfjs-core';
import type { TileLayout } from '../../../../../kernels/glsl/tiled/layout/layout.js';
import { planSlices, type SliceSize, type Slices } from '../../../../../kernels/glsl/tiled/reduction/slices.js';
import { sumSlicesProgram } from '../../../../../kernels/glsl/tiled/reduction/sumSlices.js';
import type { WebglBackend } from '../../backend.js';
import type { Source } from '../../tensors/tensorStore.js';

export interface SliceSums {
  readonly shape: readonly number[];
  /** The tensor over whose pixels is summed. */
  readonly over: TileLayout;
  readonly size: SliceSize;
  /** Texels that a fragment fetches for each pixel. */
  readonly fetches: number;
  /** The sums of a slice. */
  first(slices: Slices): Source;
  /** Uniforms of the sum of the slices, in a texture of TensorFlow.js of so many columns. */
  second(slices: Slices, columns: number): number[];
  /** Of the result; default 1. */
  readonly scale?: number;
  /** Whether the result may be in a packed texture; default: it may not. */
  readonly canPack?: boolean;
}

/** Whether one slice at least fits into a texture. */
export function hasSlices({ columns, rows }: SliceSize, { tensors }: WebglBackend): boolean {
  return Math.max(columns + 2, rows + 1) <= tensors.caps.maxTextureSize;
}

/** Fetches of one draw: a tenth of a second on a slow GPU, which does nothing else meanwhile. */
const FETCHES_PER_DRAW = 2 ** 26;

/** A tensor of TensorFlow.js. */
export function sumSlices({ tensors }: WebglBackend, sums: SliceSums): TensorInfo {
  const { shape, over, size, scale = 1, canPack = false } = sums;
  const slices = planSlices(size, over, tensors.caps.maxTextureSize);
  const source = sums.first(slices);
  const pixels = slices.tileRows * over.tileColumns * over.layers;
  const rows = slices.count * slices.rows;
  const rowsPerDraw = Math.max(1, Math.floor(FETCHES_PER_DRAW / (slices.columns * pixels * sums.fetches)));
  const packed = canPack && env().getBool('WEBGL_PACK');
  return tensors.textures.lend(slices, (texture) => {
    for (let row = 0; row < rows; row += rowsPerDraw) {
      tensors.draw({ texture }, source, [row, Math.min(rowsPerDraw, rows - row)]);
    }
    const second = (columns: number): Source => ({
      program: sumSlicesProgram(packed),
      inputs: { partial: texture },
      ints: sums.second(slices, columns),
      floats: [scale, 0, 0, 0],
    });
    return tensors.makeTfjs(shape, second, packed);
  });
}
