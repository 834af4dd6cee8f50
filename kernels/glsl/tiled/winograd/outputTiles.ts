// Winograd's minimal filtering F(4x4, 3x3) on the tiled layout, for convolutions of 3x3 with strides and dilations 1: 36
// multiplications in place of 144. Three programs:
//
//   input.ts    v = BT d B for each output tile of 6x6 inputs
//   product.ts  m[p] = v[p] * u[p] for each of 36 places p = 6i + j of a output tile: a matrix product over the channels
//   output.ts   y = AT m A for each output tile of 4x4 outputs, and the epilogue
//
// and filter.ts for u = G g GT. Fetches for each multiply-add that is spared or not: 0.0235 and what the transforms take, where
// the plain window of 3x3 has 0.052.
//
//   v  6 layers, j; X = 1 + column of output tiles * input quads + q, Y = row of output tiles * 6 + i
//   m  8 layers, t % 8; X = 1 + floor(t / 8) * output quads + q, Y = p; wrapped where that is too wide
//   u  a matrix: X = input channel, Y = q * 36 + p, RGBA = output channels 4q ...
//
// Output output tiles are counted over all rows and images of a part of the batch (OutputTileGrid), so that a fragment of product.ts has eight of
// them even where an image has few. A output tile is as wide as a tile and two output tiles high: tiles of 2x4 only.
//
// The transforms have the points of kernels/winograd.ts, as those of the CPU engine have.

import type { Conv } from '../../../conv.js';
import { winogradPoints } from '../../../winograd.js';
import type { TileLayout } from '../layout/layout.js';

/** Outputs of a output tile along one side. */
export const OUTPUT_TILE = 4;
/** Inputs of a output tile along one side. */
export const REACH = 6;
/** Places of a output tile. */
export const PLACES = REACH * REACH;
/** Output output tiles of a fragment of the product, a target each. */
export const OUTPUT_TILES = 8;

export const { a, b } = winogradPoints;

/** A part of the work: whole images, or rows of output tiles of one. */
export interface OutputTileGrid {
  readonly firstImage: number;
  readonly images: number;
  /** In output tiles, within an image. */
  readonly firstRow: number;
  readonly rows: number;
  readonly columns: number;
  /** Fragments of the product, of eight output tiles each, that lie side by side. */
  readonly perRow: number;
}

export interface TextureSize {
  readonly width: number;
  readonly height: number;
  readonly layers: number;
}

export function outputTilesOf({ outH, outW }: Conv): { readonly rows: number; readonly columns: number } {
  return { rows: Math.ceil(outH / OUTPUT_TILE), columns: Math.ceil(outW / OUTPUT_TILE) };
}

/** Of v. */
export function inputSize({ images, rows, columns }: OutputTileGrid, x: TileLayout): TextureSize {
  return { width: columns * x.quads + 2, height: images * rows * REACH + 1, layers: REACH };
}

/** Of m. */
export function productSize(grid: OutputTileGrid, y: TileLayout): TextureSize {
  const bands = Math.ceil(fragments(grid) / grid.perRow);
  return { width: grid.perRow * y.quads + 2, height: bands * PLACES + 1, layers: OUTPUT_TILES };
}

function fragments({ images, rows, columns }: OutputTileGrid): number {
  return Math.ceil((images * rows * columns) / OUTPUT_TILES);
}

/**
 * The parts of a convolution, none of whose textures holds more than so many texels unless a row of output tiles does. Undefined where
 * a row of output tiles is too wide for a texture.
 */
export function planOutputTiles(
  conv: Conv,
  x: TileLayout,
  y: TileLayout,
  limits: { readonly texels: number; readonly textureSize: number },
): OutputTileGrid[] | undefined {
  const { rows, columns } = outputTilesOf(conv);
  const most = Math.floor((limits.textureSize - 2) / y.quads);
  if (most < 1 || columns * x.quads + 2 > limits.textureSize) return undefined;
  const rowsAtOnce = Math.max(
    1,
    Math.min(
      Math.floor(limits.texels / (columns * PLACES * Math.max(x.quads, y.quads))),
      Math.floor((limits.textureSize - 1) / REACH),
      Math.floor((most * OUTPUT_TILES * Math.floor((limits.textureSize - 1) / PLACES)) / columns),
    ),
  );
  const part = (of: Pick<OutputTileGrid, 'firstImage' | 'images' | 'firstRow' | 'rows'>): OutputTileGrid => {
    return { ...of, columns, perRow: Math.min(most, fragments({ ...of, columns, perRow: 1 })) };
  };
  const grids: OutputTileGrid[] = [];
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
  { firstImage, images, firstRow, rows }: OutputTileGrid,
  { imageRows, tileRows, height }: TileLayout,
): [number, number] {
  const from = firstImage * imageRows + 2 * firstRow;
  const isLast = 2 * (firstRow + rows) >= tileRows;
  const end = isLast ? (firstImage + images) * imageRows : from + 2 * rows;
  return [from, Math.min(end, height - 1) - from];
}

/** The ivec4 uniforms `output tiles` and `grid`. */
export function tileInts(grid: OutputTileGrid, x: TileLayout, y: TileLayout): readonly number[] {
  const { firstImage, images, firstRow, rows, columns, perRow } = grid;
  return [...[firstImage, firstRow, rows, columns], ...[images * rows * columns, perRow, x.quads, y.quads]];
}
