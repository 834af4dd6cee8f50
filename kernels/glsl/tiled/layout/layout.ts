// The tiled layout of an activation tensor [n, h, w, c] on the GPU: a texture array of RGBA texels. A tile is a
// rectangle of `rows` x `columns` pixels.
//
//   layer = the pixel's place in its tile: (y % rows) * columns + x % columns
//   X     = 1 + floor(x / columns) * quads + floor(c / 4)
//   Y     = n * imageRows + floor(y / rows)
//   RGBA  = channels 4 * floor(c / 4) ...
//
// One draw writes all layers, one render target each. So a fragment computes a tile of pixels of four channels, and a
// fetched weight serves them all: convolution in fragment shaders is bound by fetches (see README.md).
//
// All texels that hold no element are zero: the first and the last column, the rows after an image, pixels beyond the
// image in its last tiles, channels beyond c in its last quad. Every program keeps it so. A tap outside the image then
// reads a zero, without a test in a loop and without 0 * infinity.
//
// An image begins at an even row, because fragments are computed two by two. A pair of rows that are not of one image
// costs as much as a whole pair (images of 7 x 7 took twice the time).

/** Pixels of a tile along each side; powers of two. */
export interface TileShape {
  readonly rows: number;
  readonly columns: number;
}

export const tileShapes = {
  /** For images; needs eight render targets. */
  wide: { rows: 2, columns: 4 },
  /** For images where there are four targets, or where eight cost more than they save. */
  square: { rows: 2, columns: 2 },
  /** For vectors: they have one pixel, so larger tiles would be empty but for one. */
  single: { rows: 1, columns: 1 },
} as const satisfies Record<string, TileShape>;

export interface Dims {
  readonly n: number;
  readonly h: number;
  readonly w: number;
  readonly c: number;
}

/** Where the elements of a tensor lie in its texture. */
export interface TileLayout extends Dims {
  readonly tile: TileShape;
  readonly layers: number;
  /** Texels that hold one pixel's channels. */
  readonly quads: number;
  /** Rows of tiles of an image, which are rows of texels. */
  readonly tileRows: number;
  /** Rows of texels from an image to the next; even, and at least one more than tileRows. */
  readonly imageRows: number;
  readonly tileColumns: number;
  /** Texels of one layer. */
  readonly width: number;
  readonly height: number;
}

export function layoutOf({ n, h, w, c }: Dims, tile: TileShape): TileLayout {
  const quads = Math.ceil(c / 4);
  const tileRows = Math.ceil(h / tile.rows);
  const tileColumns = Math.ceil(w / tile.columns);
  const imageRows = (tileRows + 2) & ~1;
  return {
    ...{ n, h, w, c, tile, quads, tileRows, imageRows, tileColumns },
    layers: layersOf(tile),
    width: tileColumns * quads + 2,
    height: (n - 1) * imageRows + tileRows + 1,
  };
}

/** A layer, and a render target, for each pixel of a tile. */
export function layersOf({ rows, columns }: TileShape): number {
  return rows * columns;
}

/** Bytes of a texture array of 32-bit (or 16-bit) floats. */
export function layoutBytes({ width, height, layers }: TileLayout, bytesPerValue = 4): number {
  return width * height * layers * 4 * bytesPerValue;
}

/** Calls `visit` for every pixel with the index where its channels begin, in NHWC values and in texels. */
function forEachPixel(layout: TileLayout, visit: (flat: number, texel: number) => void): void {
  const { n, h, w, c, tile, quads, imageRows, width, height } = layout;
  let flat = 0;
  for (let image = 0; image < n; image++) {
    for (let y = 0; y < h; y++) {
      const row = image * imageRows + Math.floor(y / tile.rows);
      for (let x = 0; x < w; x++) {
        const layer = (y % tile.rows) * tile.columns + (x % tile.columns);
        const column = 1 + Math.floor(x / tile.columns) * quads;
        visit(flat, ((layer * height + row) * width + column) * 4);
        flat += c;
      }
    }
  }
}

/** NHWC values as texels, layer after layer. */
export function valuesToTexels(layout: TileLayout, values: ArrayLike<number>): Float32Array {
  const { width, height, layers, c } = layout;
  const texels = new Float32Array(width * height * layers * 4);
  forEachPixel(layout, (flat, texel) => {
    for (let i = 0; i < c; i++) texels[texel + i] = values[flat + i];
  });
  return texels;
}

/** Texels, layer after layer, as NHWC values. */
export function texelsToValues(layout: TileLayout, texels: Float32Array): Float32Array {
  const { n, h, w, c } = layout;
  const values = new Float32Array(n * h * w * c);
  forEachPixel(layout, (flat, texel) => {
    for (let i = 0; i < c; i++) values[flat + i] = texels[texel + i];
  });
  return values;
}
