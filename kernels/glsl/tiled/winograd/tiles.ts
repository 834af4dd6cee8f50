// Winograd's minimal filtering F(4x4, 3x3) on the block layout, for convolutions of 3x3 with strides and dilations 1: 36
// multiplications in place of 144. Three programs:
//
//   input.ts    v = BT d B for each tile of 6x6 inputs
//   product.ts  m[p] = v[p] * u[p] for each of 36 places p = 6i + j of a tile: a matrix product over the channels
//   output.ts   y = AT m A for each tile of 4x4 outputs, and the epilogue
//
// and filter.ts for u = G g GT. Fetches for each multiply-add that is spared or not: 0.0235 and what the transforms take, where
// the plain window of 3x3 has 0.052.
//
//   v  6 layers, j; X = 1 + column of tiles * input quads + q, Y = row of tiles * 6 + i
//   m  8 layers, t % 8; X = 1 + floor(t / 8) * output quads + q, Y = p; wrapped where that is too wide
//   u  a matrix: X = input channel, Y = q * 36 + p, RGBA = output channels 4q ...
//
// Tiles are counted over all rows and images of a part of the batch (TileGrid), so that a fragment of product.ts has eight of
// them even where an image has few. A tile is as wide as a block and two blocks high: blocks of 2x4 only.
//
// The transforms have the points of kernels/winograd.ts, as those of the CPU engine have.

import type { Conv } from '../../../conv.js';
import { winogradPoints } from '../../../winograd.js';
import type { BlockLayout } from '../layout/layout.js';

/** Outputs of a tile along one side. */
export const TILE = 4;
/** Inputs of a tile along one side. */
export const REACH = 6;
/** Places of a tile. */
export const PLACES = REACH * REACH;
/** Tiles of a fragment of the product, a target each. */
export const TILES_OF_FRAGMENT = 8;

export const { a, b } = winogradPoints;

/** A part of the work: whole images, or rows of tiles of one. */
export interface TileGrid {
  readonly firstImage: number;
  readonly images: number;
  /** In tiles, within an image. */
  readonly firstRow: number;
  readonly rows: number;
  readonly columns: number;
  /** Fragments of the product, of eight tiles each, that lie side by side. */
  readonly perRow: number;
}

export interface TextureSize {
  readonly width: number;
  readonly height: number;
  readonly layers: number;
}

export function tilesOf({ outH, outW }: Conv): { readonly rows: number; readonly columns: number } {
  return { rows: Math.ceil(outH / TILE), columns: Math.ceil(outW / TILE) };
}

/** Of v. */
export function inputSize({ images, rows, columns }: TileGrid, x: BlockLayout): TextureSize {
  return { width: columns * x.quads + 2, height: images * rows * REACH + 1, layers: REACH };
}

/** Of m. */
export function productSize(grid: TileGrid, y: BlockLayout): TextureSize {
  const bands = Math.ceil(fragments(grid) / grid.perRow);
  return { width: grid.perRow * y.quads + 2, height: bands * PLACES + 1, layers: TILES_OF_FRAGMENT };
}

function fragments({ images, rows, columns }: TileGrid): number {
  return Math.ceil((images * rows * columns) / TILES_OF_FRAGMENT);
}

/**
 * The parts of a convolution, none of whose textures holds more than so many texels unless a row of tiles does. Undefined where
 * a row of tiles is too wide for a texture.
 */
export function planTiles(
  conv: Conv,
  x: BlockLayout,
  y: BlockLayout,
  limits: { readonly texels: number; readonly textureSize: number },
): TileGrid[] | undefined {
  const { rows, columns } = tilesOf(conv);
  const most = Math.floor((limits.textureSize - 2) / y.quads);
  if (most < 1 || columns * x.quads + 2 > limits.textureSize) return undefined;
  const rowsAtOnce = Math.max(
    1,
    Math.min(
      Math.floor(limits.texels / (columns * PLACES * Math.max(x.quads, y.quads))),
      Math.floor((limits.textureSize - 1) / REACH),
      Math.floor((most * TILES_OF_FRAGMENT * Math.floor((limits.textureSize - 1) / PLACES)) / columns),
    ),
  );
  const part = (of: Pick<TileGrid, 'firstImage' | 'images' | 'firstRow' | 'rows'>): TileGrid => {
    return { ...of, columns, perRow: Math.min(most, fragments({ ...of, columns, perRow: 1 })) };
  };
  const grids: TileGrid[] = [];
  if (rowsAtOnce >= rows) {
    const imagesAtOnce = Math.floor(rowsAtOnce / rows);
    for (let n = 0; n < conv.batch; n += imagesAtOnce) {
      grids.push(part({ firstImage: n, images: Math.min(imagesAtOnce, conv.batch - n), firstRow: 0, rows }));
    }
    return grids;
  }
  for (let n = 0; n < conv.batch; n++) {
    for (let row = 0; row < rows; row += rowsAtOnce) {
      grids.push(part({ firstImage: n, images: 1, firstRow: row, rows: Math.min(rowsAtOnce, rows - row) }));
    }
  }
  return grids;
}

/** The rows of y's texels that a part writes: the first, and how many; all parts together write all but the border. */
export function outputRows(
  { firstImage, images, firstRow, rows }: TileGrid,
  { imageRows, blockRows, height }: BlockLayout,
): [number, number] {
  const from = firstImage * imageRows + 2 * firstRow;
  const isLast = 2 * (firstRow + rows) >= blockRows;
  const end = isLast ? (firstImage + images) * imageRows : from + 2 * rows;
  return [from, Math.min(end, height - 1) - from];
}

/** The ivec4 uniforms `tiles` and `grid`. */
export function tileInts(grid: TileGrid, x: BlockLayout, y: BlockLayout): readonly number[] {
  const { firstImage, images, firstRow, rows, columns, perRow } = grid;
  return [...[firstImage, firstRow, rows, columns], ...[images * rows * columns, perRow, x.quads, y.quads]];
}
