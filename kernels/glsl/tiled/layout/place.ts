// From a fragment to what it computes, and back from pixels to texels, in GLSL. `<name>Dims` is the ivec4 of `dimsOf`.

import { lines } from '../program.js';
import type { Addressing } from './addressing.js';
import type { TileLayout, TileShape } from './layout.js';

/** The ivec4 uniforms by which a shader knows a layout: (h, w, quads, tileRows). */
export function dimsOf({ h, w, quads, tileRows }: TileLayout): readonly number[] {
  return [h, w, quads, tileRows];
}

/**
 * Declares n, yb, xb, q of the fragment in the layout of `dims`. In a row between two images yb is at least tileRows, which
 * no pixel of the image has.
 */
export function placeSource(dims: string): string {
  return `
  ivec2 place = ivec2(gl_FragCoord.xy) - ivec2(1, 0);
  int n = place.y / ${imageRows(dims)};
  int yb = place.y - n * ${imageRows(dims)};
  int xb = place.x / ${dims}.z;
  int q = place.x - xb * ${dims}.z;`;
}

/** The row of texels that holds row `yb` of tiles of image `n`. */
export function textureRow(dims: string, n: string, yb: string): string {
  return `${n} * ${imageRows(dims)} + ${yb}`;
}

/** A row of texels that holds zeros: the one after the first image. */
export function zeroRow(dims: string): string {
  return `${dims}.w`;
}

function imageRows(dims: string): string {
  return `((${dims}.w + 2) & ~1)`;
}

/** Ends a fragment between two images at once, with zeros. */
export function betweenImagesSource(dims: string, tile: TileShape): string {
  const zeros = lines(tile.rows * tile.columns, (i) => `    y${i} = vec4(0.0);`);
  return `
  if (yb >= ${dims}.w) {
${zeros}
    return;
  }`;
}

/**
 * Statements that keep what is no element of the output at zero, over the variables `value(i)` of each layer: pixels beyond
 * the image, and channels beyond the last (`channels` is their number).
 */
export function maskSource(dims: string, channels: string, tile: TileShape, value: (i: number) => string): string {
  const log = logOf(tile);
  return `
  ivec4 channel = 4 * q + ivec4(0, 1, 2, 3);
  bvec4 isChannel = lessThan(channel, ivec4(${channels}));
  ivec2 pixelsLeft = ${dims}.xy - ivec2(yb << ${log.rows}, xb << ${log.columns}); // rows, columns
${lines(tile.rows * tile.columns, (i) => {
  const [row, column] = pixelOf(i, tile);
  const isPixel = `pixelsLeft.x > ${row} && pixelsLeft.y > ${column}`;
  return `  ${value(i)} = ${isPixel} ? mix(vec4(0.0), ${value(i)}, isChannel) : vec4(0.0);`;
})}`;
}

/** Row and column within its tile of layer i. */
export function pixelOf(layer: number, { columns }: TileShape): readonly [number, number] {
  return [Math.floor(layer / columns), layer % columns];
}

export function logOf({ rows, columns }: TileShape) {
  return { rows: Math.log2(rows), columns: Math.log2(columns) };
}

/**
 * Declares the address `<name>Y` and the layer `<name>Row` of image row `iy`: a row outside the image becomes the zeros after it.
 */
export function rowSource(at: Addressing, input: string, name: string, iy: string, tile: TileShape): string {
  const { rows } = logOf(tile);
  const dims = `${input}Dims`;
  const yb = `int(min(uint(${name}I >> ${rows}), uint(${dims}.w)))`; // a negative one is a large one without its sign
  return `
  int ${name}I = ${iy};
  ${at.type} ${name}Y = ${at.y(input, textureRow(dims, 'n', yb))};
  ${at.type} ${name}Row = ${at.layer(`(${name}I & ${tile.rows - 1}) << ${logOf(tile).columns}`)};`;
}

/**
 * Declares the address `<name>X` (of its quad `quad`) and the layer `<name>Column` of image column `ix`. A column outside the
 * image is one beyond the texture's width, or in it one of zeros.
 */
export function columnSource(
  at: Addressing,
  input: string,
  name: string,
  { ix, quad, tile }: { ix: string; quad: string; tile: TileShape },
): string {
  const { columns } = logOf(tile);
  const dims = `${input}Dims`;
  return `
  int ${name}I = ${ix};
  ${at.type} ${name}X = ${at.x(input, `1 + (${name}I >> ${columns}) * ${dims}.z + ${quad}`)};
  ${at.type} ${name}Column = ${at.layer(`${name}I & ${tile.columns - 1}`)};`;
}
