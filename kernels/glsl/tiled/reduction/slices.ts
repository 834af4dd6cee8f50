// Sums over all pixels of a batch, in two passes. The first pass cuts the pixels into slices, which are rows of tiles,
// and sums each slice by itself: so there are enough fragments, a draw is short, and the rounding of long sums is
// small. Its sums are a texture array
//
//   X = 1 + column, Y = slice * rows + row; each gradient says what its columns, rows, layers and RGBA are
//
// with a border of zeros, as every array of the pool has. The second pass, sumSlices.ts, adds the slices up.

import { ints, type UniformValues } from '../../uniforms.js';
import type { TileLayout } from '../layout/layout.js';

/** The texels of one slice. */
export interface SliceSize {
  readonly columns: number;
  readonly rows: number;
  readonly layers: number;
}

export interface Slices extends SliceSize {
  readonly count: number;
  /** Rows of tiles in a slice; the last may have fewer. */
  readonly tileRows: number;
  /** Texels of a layer. */
  readonly width: number;
  readonly height: number;
}

/** Fragments that keep a GPU busy. */
const ENOUGH_FRAGMENTS = 16384;
/** With fewer pixels a slice does not pay: its sums are written and read again. */
const LEAST_PIXELS = 128;
/** With more pixels the sum of a slice loses digits. */
const MOST_PIXELS = 4096;
const MOST_BYTES = 2 ** 26;

/** Slices for sums over the pixels of `over`. */
export function planSlices(size: SliceSize, over: TileLayout, maxTextureSize: number): Slices {
  const { columns, rows, layers } = size;
  const tileRows = over.n * over.tileRows;
  const pixels = tileRows * over.tileColumns * over.layers;
  const busy = Math.min(ENOUGH_FRAGMENTS / (columns * rows), pixels / LEAST_PIXELS);
  const wanted = Math.max(busy, pixels / MOST_PIXELS);
  const most = Math.min((maxTextureSize - 1) / rows, MOST_BYTES / (columns * rows * layers * 16));
  const slices = Math.max(1, Math.min(Math.ceil(wanted), Math.floor(most), tileRows));
  const rowsOfSlice = Math.ceil(tileRows / slices);
  const used = Math.ceil(tileRows / rowsOfSlice);
  return { ...size, count: used, tileRows: rowsOfSlice, width: columns + 2, height: used * rows + 1 };
}

/**
 * The uniforms of the first pass: rows of a slice's sums, rows of tiles of a slice and of the batch, and their length.
 */
export const sliceDeclaration = ints('sliceRows', 'sliceTileRows', 'batchTileRows', 'tileColumns');

export function sliceValues({ rows, tileRows }: Slices, over: TileLayout): UniformValues<typeof sliceDeclaration> {
  return {
    sliceRows: rows,
    sliceTileRows: tileRows,
    batchTileRows: over.n * over.tileRows,
    tileColumns: over.tileColumns,
  };
}

/**
 * Declares `column` and `row` of a fragment within its slice, and runs `body` for each row of tiles of the slice in the
 * layout `name`: `n` and `tileY` are its image and its place there, `isInside` says whether it exists.
 */
export function sliceSource(name: string, before: string, body: string): string {
  return `
  ivec2 place = ivec2(gl_FragCoord.xy) - ivec2(1, 0);
  int slice = place.y / sliceRows;
  int row = place.y - slice * sliceRows;
  int column = place.x;
${before}
${sliceRowsSource(name, body)}`;
}

/** Runs another `body` for each row of tiles, after sliceSource(). */
export function sliceRowsSource(name: string, body: string): string {
  return `
  {
    int n = slice * sliceTileRows / ${name}TileRows;
    int tileY = slice * sliceTileRows - n * ${name}TileRows;
    for (int i = 0; i < sliceTileRows; i++) {
      bool isInside = slice * sliceTileRows + i < batchTileRows;
${body}
      tileY++;
      n += tileY == ${name}TileRows ? 1 : 0;
      tileY = tileY == ${name}TileRows ? 0 : tileY;
    }
  }`;
}
