// From a fragment to the pixels it computes, and from pixels to texels, in GLSL. `name` is the name of a layout among
// the program's uniforms, whose sizes the text knows as <name>H, <name>Quads and so on (uniforms.ts).

import { lines } from '../program.js';
import type { Addressing } from './addressing.js';
import { layersOf, type TileShape } from './layout.js';

/**
 * Declares the fragment's image `n`, row and column of tiles `tileY` and `tileX`, and quad of channels `q`. In a row
 * between two images tileY is at least <name>TileRows, which no pixel of the image has.
 */
export function placeSource(name: string): string {
  return `
  ivec2 place = ivec2(gl_FragCoord.xy) - ivec2(1, 0);
  int n = place.y / ${name}ImageRows;
  int tileY = place.y - n * ${name}ImageRows;
  int tileX = place.x / ${name}Quads;
  int q = place.x - tileX * ${name}Quads;`;
}

/** The row of texels that holds row `tileY` of tiles of image `n`. */
export function textureRow(name: string, n: string, tileY: string): string {
  return `${n} * ${name}ImageRows + ${tileY}`;
}

/** A row of texels that holds zeros: the one after the first image. */
export function zeroRow(name: string): string {
  return `${name}TileRows`;
}

/** Ends a fragment between two images at once, with zeros. */
export function betweenImagesSource(name: string, tile: TileShape): string {
  const zeros = lines(layersOf(tile), (i) => `    y${i} = vec4(0.0);`);
  return `
  if (tileY >= ${name}TileRows) {
${zeros}
    return;
  }`;
}

/**
 * Statements that keep everything around the image at zero, over the variables `value(i)` of each layer: pixels beyond
 * the image and channels beyond the last. All bits or none of them are kept, which is one operation for a value, where
 * a choice is three on SwiftShader.
 */
export function maskSource(name: string, tile: TileShape, value: (i: number) => string): string {
  const log = logOf(tile);
  return `
  int rowsLeft = ${name}H - (tileY << ${log.rows});
  int columnsLeft = ${name}W - (tileX << ${log.columns});
  // A negative number shifted by 31 bits is a mask of ones. The first column of a tile is always in the image.
  ivec4 channelMask = (4 * q + ivec4(0, 1, 2, 3) - ${name}C) >> 31;
${lines(tile.rows, (i) => `  ivec4 mask${i} = channelMask & ((${i} - rowsLeft) >> 31);`)}
${lines(tile.columns - 1, (i) => `  int columnMask${i + 1} = (${i + 1} - columnsLeft) >> 31;`)}
${lines(layersOf(tile), (i) => {
  const [row, column] = pixelOf(i, tile);
  const mask = column === 0 ? `mask${row}` : `(mask${row} & columnMask${column})`;
  return `  ${value(i)} = intBitsToFloat(floatBitsToInt(${value(i)}) & ${mask});`;
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
 * Declares the address `<row>Y` and the layer `<row>Row` of image row `iy`. A row outside the image becomes the row of
 * zeros after it.
 */
export function rowSource(at: Addressing, input: string, row: string, iy: string, tile: TileShape): string {
  const { rows, columns } = logOf(tile);
  // A negative row is a large one without its sign.
  const tileY = `int(min(uint(${row}I >> ${rows}), uint(${zeroRow(input)})))`;
  return `
  int ${row}I = ${iy};
  ${at.type} ${row}Y = ${at.y(input, textureRow(input, 'n', tileY))};
  ${at.type} ${row}Row = ${at.layer(`(${row}I & ${tile.rows - 1}) << ${columns}`)};`;
}

export interface ColumnOfImage {
  readonly ix: string;
  readonly quad: string;
  readonly tile: TileShape;
}

/**
 * Declares the address `<column>X` (of quad `quad`) and the layer `<column>Column` of image column `ix`. A column
 * outside the image is one of zeros, or lies beyond the texture's width.
 */
export function columnSource(at: Addressing, input: string, column: string, { ix, quad, tile }: ColumnOfImage): string {
  const { columns } = logOf(tile);
  return `
  int ${column}I = ${ix};
  ${at.type} ${column}X = ${at.x(input, `1 + (${column}I >> ${columns}) * ${input}Quads + ${quad}`)};
  ${at.type} ${column}Column = ${at.layer(`${column}I & ${tile.columns - 1}`)};`;
}
