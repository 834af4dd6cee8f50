// v = BT d B of every output tile (outputTiles.ts). A fragment computes row i of it, six values: it sums the rows of d
// that row i of BT has, four at most, and transforms the sum.

import type { Conv } from '../../../conv.js';
import { ints } from '../../uniforms.js';
import { float } from '../../untiled/kernel.js';
import type { Addressing } from '../layout/addressing.js';
import { type TileLayout, tileShapes } from '../layout/layout.js';
import { columnSource, rowSource } from '../layout/place.js';
import { lines, type TileProgram } from '../program.js';
import { uniforms, type ValuesOf } from '../uniforms.js';
import { a, b, gridRowsDeclaration, gridRowsValues, OUTPUT_TILE, type OutputTileGrid, REACH } from './outputTiles.js';

const tile = tileShapes.wide;

const inputUniforms = uniforms({ x: 'layout', ...ints('padTop', 'padLeft'), ...gridRowsDeclaration });

export function winogradInputValues(
  { padTop, padLeft }: Conv,
  x: TileLayout,
  grid: OutputTileGrid,
): ValuesOf<typeof inputUniforms> {
  return { x, padTop, padLeft, ...gridRowsValues(grid) };
}

export function winogradInputProgram(): TileProgram<typeof inputUniforms> {
  return {
    key: 'glsl/tiled/winograd/input',
    inputs: { x: 'tiles' },
    uniforms: inputUniforms,
    targets: REACH,
    source,
  };
}

/** Rows 1 to 4 of BT, for inputs 1 to 4. */
const middle = [
  [-2 * a, -2, a, 1],
  [2 * a, -2, -a, 1],
  [-0.5 * b, -0.5, b, 1],
  [0.5 * b, -0.5, -b, 1],
];
/** Rows 0 and 5 of BT, for inputs 0, 2, 4 and 1, 3, 5; the last one is fetched twice and added once. */
const outer = [1, -2.5, 1, 0];

function source(at: Addressing): string {
  const factors = [outer, ...middle, outer].map((row) => `vec4(${row.map(float).join(', ')})`);
  const rowSum = (c: number) => [...'xyzw'].map((k, r) => `factors.${k} * ${texelAt(at, r, c)}`).join(' + ');
  return `
void main() {
  ivec2 place = ivec2(gl_FragCoord.xy) - ivec2(1, 0);
  int outputRow = place.y / ${REACH};
  int i = place.y - outputRow * ${REACH};
  int image = outputRow / gridRows;
  int n = firstImage + image;
  int outputColumn = place.x / xQuads;
  int q = place.x - outputColumn * xQuads;
  int top = ${OUTPUT_TILE} * (firstRow + outputRow - image * gridRows) - padTop;
  int left = ${OUTPUT_TILE} * outputColumn - padLeft;
  ivec4 rows = top + (i == 0 ? ivec4(0, 2, 4, 4) : i == 5 ? ivec4(1, 3, 5, 5) : ivec4(1, 2, 3, 4));
  vec4 factors = ${[0, 1, 2, 3, 4].map((i) => `i == ${i} ? ${factors[i]} : `).join('')}${factors[5]};
${[...'xyzw'].map((k, i) => rowSource(at, 'x', `row${i}`, `rows.${k}`, tile)).join('')}
${lines(REACH, (c) => columnSource(at, 'x', `column${c}`, { ix: `left + ${c}`, quad: 'q', tile }))}
${lines(REACH, (c) => `  vec4 d${c} = ${rowSum(c)};`)}
  vec4 evenA = d4 - 2.0 * d2;
  vec4 oddA = ${float(a)} * d3 - ${float(2 * a)} * d1;
  vec4 evenB = d4 - 0.5 * d2;
  vec4 oddB = ${float(b)} * d3 - ${float(b / 2)} * d1;
  y0 = d0 - 2.5 * d2 + d4;
  y1 = evenA + oddA;
  y2 = evenA - oddA;
  y3 = evenB + oddB;
  y4 = evenB - oddB;
  y5 = d1 - 2.5 * d3 + d5;
}
`;
}

function texelAt(at: Addressing, row: number, column: number): string {
  return at.tiles('x', `column${column}X`, `row${row}Y`, `row${row}Row + column${column}Column`);
}
