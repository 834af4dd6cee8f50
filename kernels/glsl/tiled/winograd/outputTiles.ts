// Winograd's minimal filtering F(4x4, 3x3) in the tiled layout, for 3x3 filters with strides and dilations 1: 36
// multiplications in place of 144.
//
// Winograd's algorithm has tiles of its own: an output tile, here and in these files, is the 4x4 outputs that are
// computed together from 6x6 inputs. It is as wide as a tile of the layout and two of them high, so the layout must
// have tiles of 2x4. Three programs:
//
//   input.ts    v = BT d B for the 6x6 inputs d of each output tile
//   product.ts  m[p] = v[p] * u[p] for each of its 36 places p = 6i + j: a matrix product over the channels
//   output.ts   y = AT m A for the 4x4 outputs y of each output tile, and the epilogue
//
// and filter.ts for u = G g GT. Fetches for each multiply-add of the plain convolution: 0.0235 and those of the
// transforms, where the window of 3x3 takes 0.052.
//
//   v  6 layers, j; X = 1 + output tile's column * input quads + q, Y = output tile's row * 6 + i
//   m  8 layers, t % 8; X = 1 + floor(t / 8) * output quads + q, Y = p; wrapped where that is too wide
//   u  a matrix: X = input channel, Y = q * 36 + p, RGBA = output channels 4q ...
//
// Output tiles t are counted over all rows and images of a part of the batch (OutputTileGrid), so that a fragment of
// product.ts has eight of them even where an image has few.
//
// The transforms use the points of kernels/winograd.ts, as those of the CPU engine do.

import type { Conv } from '../../../conv.js';
import { winogradPoints } from '../../../winograd.js';
import { ints, type UniformValues } from '../../uniforms.js';
import type { TileLayout } from '../layout/layout.js';

/** Outputs of an output tile along one side. */
export const OUTPUT_TILE = 4;
/** Inputs that an output tile reads along one side. */
export const REACH = 6;
/** Places of an output tile. */
export const PLACES = REACH * REACH;
/** Output tiles of a fragment of the product, a target each. */
export const TILES_PER_FRAGMENT = 8;

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

/** The size of v. */
export function inputSize({ images, rows, columns }: OutputTileGrid, x: TileLayout): TextureSize {
  return { width: columns * x.quads + 2, height: images * rows * REACH + 1, layers: REACH };
}

/** The size of m. */
export function productSize(grid: OutputTileGrid, y: TileLayout): TextureSize {
  const bands = Math.ceil(fragments(grid) / grid.perRow);
  return { width: grid.perRow * y.quads + 2, height: bands * PLACES + 1, layers: TILES_PER_FRAGMENT };
}

function fragments({ images, rows, columns }: Pick<OutputTileGrid, 'images' | 'rows' | 'columns'>): number {
  return Math.ceil((images * rows * columns) / TILES_PER_FRAGMENT);
}

interface Limits {
  /** Texels of a part's textures. */
  readonly texels: number;
  readonly textureSize: number;
}

/**
 * The parts of a convolution. None of their textures holds more texels than the limit, unless one row of output tiles
 * does. Undefined where a row of output tiles is too wide for a texture.
 */
export function planOutputTiles(
  conv: Conv,
  x: TileLayout,
  y: TileLayout,
  limits: Limits,
): OutputTileGrid[] | undefined {
  const { rows, columns } = outputTilesOf(conv);
  const mostPerRow = Math.floor((limits.textureSize - 2) / y.quads);
  if (mostPerRow < 1 || columns * x.quads + 2 > limits.textureSize) return undefined;
  const mostInProduct = mostPerRow * TILES_PER_FRAGMENT * Math.floor((limits.textureSize - 1) / PLACES);
  const rowsAtOnce = Math.min(
    Math.floor(limits.texels / (columns * PLACES * Math.max(x.quads, y.quads))),
    Math.floor((limits.textureSize - 1) / REACH),
    Math.floor(mostInProduct / columns),
  );
  return partsOf(conv.batch, rows, Math.max(1, rowsAtOnce)).map((part) => {
    return { ...part, columns, perRow: Math.min(mostPerRow, fragments({ ...part, columns })) };
  });
}

type Part = Pick<OutputTileGrid, 'firstImage' | 'images' | 'firstRow' | 'rows'>;

/** Cuts a batch of images into parts of `rowsAtOnce` rows of output tiles at most: whole images where they fit. */
function partsOf(batch: number, rows: number, rowsAtOnce: number): Part[] {
  const parts: Part[] = [];
  if (rowsAtOnce >= rows) {
    const imagesAtOnce = Math.floor(rowsAtOnce / rows);
    for (let n = 0; n < batch; n += imagesAtOnce) {
      parts.push({ firstImage: n, images: Math.min(imagesAtOnce, batch - n), firstRow: 0, rows });
    }
    return parts;
  }
  for (let n = 0; n < batch; n++) {
    for (let row = 0; row < rows; row += rowsAtOnce) {
      parts.push({ firstImage: n, images: 1, firstRow: row, rows: Math.min(rowsAtOnce, rows - row) });
    }
  }
  return parts;
}

/** The rows of y's texels that a part writes: the first, and how many. All parts together write all but the border. */
export function outputRows(
  { firstImage, images, firstRow, rows }: OutputTileGrid,
  { imageRows, tileRows, height }: TileLayout,
): [number, number] {
  const from = firstImage * imageRows + 2 * firstRow;
  const isLast = 2 * (firstRow + rows) >= tileRows;
  const end = isLast ? (firstImage + images) * imageRows : from + 2 * rows;
  return [from, Math.min(end, height - 1) - from];
}

/** Where a part begins, and the rows of output tiles of each image. */
export const gridRowsDeclaration = ints('firstImage', 'firstRow', 'gridRows');

export function gridRowsValues({
  firstImage,
  firstRow,
  rows,
}: OutputTileGrid): UniformValues<typeof gridRowsDeclaration> {
  return { firstImage, firstRow, gridRows: rows };
}

/** The columns of output tiles, and the fragments of the product that lie side by side. */
export const gridColumnsDeclaration = ints('gridColumns', 'perRow');

export function gridColumnsValues({ columns, perRow }: OutputTileGrid): UniformValues<typeof gridColumnsDeclaration> {
  return { gridColumns: columns, perRow };
}
