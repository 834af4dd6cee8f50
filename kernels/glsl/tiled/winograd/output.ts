// y = AT m A of every output tile (outputTiles.ts), then the epilogue of any convolution (clampEpilogue.ts). A fragment
// computes a tile of y, which is two rows of an output tile, from the 30 places of m that they need.

import { float } from '../../untiled/kernel.js';
import {
  type Clamp,
  clampDeclaration,
  clampSource,
  type EpilogueSpec,
  epilogueInputs,
  epilogueSource,
} from '../conv/clampEpilogue.js';
import type { Addressing } from '../layout/addressing.js';
import { layersOf, type TileLayout, tileShapes } from '../layout/layout.js';
import { betweenImagesSource, placeSource } from '../layout/place.js';
import { lines, type TileProgram } from '../program.js';
import { uniforms, type ValuesOf } from '../uniforms.js';
import {
  a,
  b,
  gridColumnsDeclaration,
  gridColumnsValues,
  gridRowsDeclaration,
  gridRowsValues,
  type OutputTileGrid,
  PLACES,
  REACH,
} from './outputTiles.js';

const tile = tileShapes.wide;

const outputUniforms = uniforms({
  y: 'layout',
  ...gridRowsDeclaration,
  ...gridColumnsDeclaration,
  ...clampDeclaration,
});

export function winogradOutputValues(
  y: TileLayout,
  grid: OutputTileGrid,
  clamp: Clamp,
): ValuesOf<typeof outputUniforms> {
  return { y, ...gridRowsValues(grid), ...gridColumnsValues(grid), ...clamp };
}

export function winogradOutputProgram({ slopes, affine, residual }: EpilogueSpec): TileProgram<typeof outputUniforms> {
  const spec = { slopes, affine, residual };
  return {
    key: `glsl/tiled/winograd/output ${JSON.stringify(spec)}`,
    inputs: { m: 'tiles', ...epilogueInputs(spec) },
    uniforms: outputUniforms,
    targets: layersOf(tile),
    source: (at) => source(at, spec),
  };
}

function source(at: Addressing, spec: EpilogueSpec): string {
  return `${clampSource}
void main() {${placeSource('y')}${betweenImagesSource('y', tile)}
  int outputTile = ((n - firstImage) * gridRows + (tileY >> 1) - firstRow) * gridColumns + tileX;
  int eight = outputTile >> 3;
  int band = eight / perRow;
  ${at.type} mX = ${at.x('m', '1 + (eight - band * perRow) * yQuads + q')};
  ${at.type} layer = ${at.layer('outputTile & 7')};
  bool isUpper = (tileY & 1) == 0;
  int row = band * ${PLACES};
  // The first place of a column counts in the first row of the output tile alone, the last place in the last row.
  int outer = row + (isUpper ? 0 : ${5 * REACH});
  vec2 sums = isUpper ? vec2(1.0) : vec2(0.5, 2.0);
  vec2 differences = isUpper ? vec2(${float(a)}, ${float(b)}) : vec2(${float(a / 2)}, ${float(2 * b)});
${lines(REACH, (j) => columnSource(at, j))}
${rowSource(0, 'upper')}
${rowSource(4, 'lower')}
${epilogueSource(at, spec, tile)}
}
`;
}

/** Declares upper<j> and lower<j>: column j of AT m, for the two rows of the tile. */
function columnSource(at: Addressing, j: number): string {
  const m = (i: number) => at.tiles('m', 'mX', at.y('m', `row + ${i * REACH + j}`), 'layer');
  return `  vec4 upper${j}, lower${j};
  {
    vec4 m0 = ${at.tiles('m', 'mX', at.y('m', `outer + ${j}`), 'layer')};
${lines(4, (i) => `    vec4 m${i + 1} = ${m(i + 1)};`)}
    upper${j} = sums.x * (m1 + m2) + sums.y * (m3 + m4) + (isUpper ? m0 : vec4(0.0));
    lower${j} = differences.x * (m1 - m2) + differences.y * (m3 - m4) + (isUpper ? vec4(0.0) : m0);
  }`;
}

/** Declares the sums of a row of the tile, from the layer `first` on. */
function rowSource(first: number, t: string): string {
  return `  vec4 acc${first} = ${t}0 + ${t}1 + ${t}2 + ${t}3 + ${t}4;
  vec4 acc${first + 1} = ${float(a)} * (${t}1 - ${t}2) + ${float(b)} * (${t}3 - ${t}4);
  vec4 acc${first + 2} = 0.5 * (${t}1 + ${t}2) + 2.0 * (${t}3 + ${t}4);
  vec4 acc${first + 3} = ${float(a / 2)} * (${t}1 - ${t}2) + ${float(2 * b)} * (${t}3 - ${t}4) + ${t}5;`;
}
