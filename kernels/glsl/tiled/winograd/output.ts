// y = AT m A of every tile (tiles.ts), then what follows any convolution (epilogue.ts). A fragment computes a block of y, two
// rows of a tile, from the 30 places of m that they need.

import { float } from '../../untiled/kernel.js';
import { clampSource, type EpilogueSpec, epilogueInputs, epilogueSource } from '../conv/epilogue.js';
import type { Addressing } from '../layout/addressing.js';
import { type BlockLayout, blockShapes } from '../layout/layout.js';
import { betweenImagesSource, dimsOf, placeSource } from '../layout/place.js';
import { type BlockProgram, lines } from '../program.js';
import { a, b, PLACES, REACH, type TileGrid, tileInts } from './tiles.js';

const block = blockShapes.wide;

export function winogradOutputInts(x: BlockLayout, y: BlockLayout, grid: TileGrid): number[] {
  return [...dimsOf(y), ...tileInts(grid, x, y), ...[0, 0, 0, y.c]];
}

export function winogradOutputProgram({ slopes, affine, residual }: EpilogueSpec): BlockProgram {
  const spec = { slopes, affine, residual };
  return {
    key: `glsl/block/winograd/output ${JSON.stringify(spec)}`,
    inputs: { m: 'blocks', ...epilogueInputs(spec) },
    ints: ['yDims', 'tiles', 'grid', 'channels'],
    floats: ['clampTo'],
    targets: block.rows * block.columns,
    source: (at) => source(at, spec),
  };
}

function source(at: Addressing, spec: EpilogueSpec): string {
  return `${clampSource}
void main() {${placeSource('yDims')}${betweenImagesSource('yDims', block)}
  int tile = ((n - tiles.x) * tiles.z + (yb >> 1) - tiles.y) * tiles.w + xb;
  int eight = tile >> 3;
  int band = eight / grid.y;
  ${at.type} mX = ${at.x('m', '1 + (eight - band * grid.y) * grid.w + q')};
  ${at.type} layer = ${at.layer('tile & 7')};
  bool isUpper = (yb & 1) == 0;
  int row = band * ${PLACES};
  int outer = row + (isUpper ? 0 : ${5 * REACH}); // the first place of a row is in the first row of the tile alone, the last in the last
  vec2 sums = isUpper ? vec2(1.0) : vec2(0.5, 2.0);
  vec2 differences = isUpper ? vec2(${float(a)}, ${float(b)}) : vec2(${float(a / 2)}, ${float(2 * b)});
${lines(REACH, (j) => columnSource(at, j))}
${rowSource(0, 'upper')}
${rowSource(4, 'lower')}
${epilogueSource(at, spec, block)}
}
`;
}

/** Declares upper<j> and lower<j>: column j of AT m, of the block's two rows. */
function columnSource(at: Addressing, j: number): string {
  const m = (i: number) => at.blocks('m', 'mX', at.y('m', `row + ${i * REACH + j}`), 'layer');
  return `  vec4 upper${j}, lower${j};
  {
    vec4 m0 = ${at.blocks('m', 'mX', at.y('m', `outer + ${j}`), 'layer')};
${lines(4, (i) => `    vec4 m${i + 1} = ${m(i + 1)};`)}
    upper${j} = sums.x * (m1 + m2) + sums.y * (m3 + m4) + (isUpper ? m0 : vec4(0.0));
    lower${j} = differences.x * (m1 - m2) + differences.y * (m3 - m4) + (isUpper ? vec4(0.0) : m0);
  }`;
}

/** Declares the sums of a row of the block, from the layer `first`. */
function rowSource(first: number, t: string): string {
  return `  vec4 acc${first} = ${t}0 + ${t}1 + ${t}2 + ${t}3 + ${t}4;
  vec4 acc${first + 1} = ${float(a)} * (${t}1 - ${t}2) + ${float(b)} * (${t}3 - ${t}4);
  vec4 acc${first + 2} = 0.5 * (${t}1 + ${t}2) + 2.0 * (${t}3 + ${t}4);
  vec4 acc${first + 3} = ${float(a / 2)} * (${t}1 - ${t}2) + ${float(2 * b)} * (${t}3 - ${t}4) + ${t}5;`;
}
