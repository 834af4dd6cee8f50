// Sums over all pixels of a batch, in two passes. The first cuts the pixels into slices, rows of tiles, and sums each by itself:
// so there are enough fragments, a draw is short and the rounding of long sums small. Its sums are a texture array
//
//   X = 1 + column, Y = slice * rows + row, layer, RGBA = what a gradient says
//
// with a border of zeros, as every array of the pool has. The second pass, sumSlices.ts, adds the slices up.

import type { TileLayout } from '../layout/layout.js';

/** What one slice needs. */
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
/** Fewer are not worth a slice, whose sums are written and read again. */
const LEAST_PIXELS = 128;
/** Beyond it the sum of a slice loses digits. */
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

/** The ivec4 uniform `slices` of the first pass. */
export function sliceInts({ rows, tileRows }: Slices, over: TileLayout): readonly number[] {
  return [rows, tileRows, over.n * over.tileRows, over.tileColumns];
}

/**
 * Declares `column` and `row` of a fragment within its slice, and runs `body` for each row of tiles of the slice in the layout
 * of `dims`: n and yb are its image and its place there, isInside whether it exists.
 */
export function sliceSource(dims: string, before: string, body: string): string {
  return `
  ivec2 place = ivec2(gl_FragCoord.xy) - ivec2(1, 0);
  int slice = place.y / slices.x;
  int row = place.y - slice * slices.x;
  int column = place.x;
${before}
  int n = slice * slices.y / ${dims}.w;
  int yb = slice * slices.y - n * ${dims}.w;
  for (int i = 0; i < slices.y; i++) {
    bool isInside = slice * slices.y + i < slices.z;
${body}
    yb++;
    n += yb == ${dims}.w ? 1 : 0;
    yb = yb == ${dims}.w ? 0 : yb;
  }`;
}
