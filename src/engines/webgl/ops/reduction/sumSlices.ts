// Sums over the pixels of a batch: draws the sums of slices into a texture of its own, then the sum of the slices.

import { env, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { TileLayout } from '../../../../../kernels/glsl/tiled/layout/layout.js';
import { planSlices, type SliceSize, type Slices } from '../../../../../kernels/glsl/tiled/reduction/slices.js';
import { type SumSlicesValues, sumSlicesProgram } from '../../../../../kernels/glsl/tiled/reduction/sumSlices.js';
import type { WebglBackend } from '../../backend.js';
import { type BoundProgram, bind } from '../../gl/draw.js';

export interface SliceSums {
  readonly shape: readonly number[];
  /** The layout of the tensor whose pixels are summed. */
  readonly over: TileLayout;
  readonly size: SliceSize;
  /** Texels that a fragment fetches for each pixel. */
  readonly fetches: number;
  /** The draw that sums each slice. */
  first(slices: Slices): BoundProgram;
  /** The uniforms of the draw that sums the slices, into a texture of TensorFlow.js of that many columns. */
  second(slices: Slices, columns: number): Omit<SumSlicesValues, 'scale' | 'firstValue'>;
  /** The factor of the result; default 1. */
  readonly scale?: number;
  /** Whether the slices are those of a mean (sumPixels.ts); default: they are not. */
  readonly isMean?: boolean;
  /** Whether the result may be in a packed texture; default: it may not. */
  readonly canPack?: boolean;
}

/** Whether at least one slice fits into a texture. */
export function hasSlices({ columns, rows }: SliceSize, { tensors }: WebglBackend): boolean {
  return Math.max(columns + 2, rows + 1) <= tensors.caps.maxTextureSize;
}

/** Fetches of one draw: they take a slow GPU a tenth of a second, in which it does nothing else. */
const FETCHES_PER_DRAW = 2 ** 26;

/** The sums as a tensor in a texture of TensorFlow.js. */
export function sumSlices(backend: WebglBackend, sums: SliceSums): TensorInfo {
  return sumsOfSlices(backend, sums, 1)[0];
}

/** The sums of each of the first layers as a tensor of its own; by default of all layers. */
export function sumsOfSlices(
  { tensors }: WebglBackend,
  sums: SliceSums,
  count: number = sums.size.layers,
): TensorInfo[] {
  const { shape, over, size, scale = 1, isMean = false, canPack = false } = sums;
  const slices = planSlices(size, over, tensors.caps.maxTextureSize);
  const first = sums.first(slices);
  const pixels = slices.tileRows * over.tileColumns * over.layers;
  const rows = slices.count * slices.rows;
  const rowsPerDraw = Math.max(1, Math.floor(FETCHES_PER_DRAW / (slices.columns * pixels * sums.fetches)));
  const packed = canPack && env().getBool('WEBGL_PACK');
  return tensors.textures.lend(slices, (partial) => {
    for (let row = 0; row < rows; row += rowsPerDraw) {
      tensors.draw(partial, first, [row, Math.min(rowsPerDraw, rows - row)]);
    }
    const form = isMean ? 'mean' : packed ? 'packed' : 'unpacked';
    const second = (part: number) => (columns: number) => {
      const values = { ...sums.second(slices, columns), firstValue: part * util.sizeFromShape([...shape]), scale };
      return bind(sumSlicesProgram(form), { partial }, values);
    };
    return Array.from({ length: count }, (_, part) => tensors.makeTfjs(shape, second(part), { isPacked: packed }));
  });
}
