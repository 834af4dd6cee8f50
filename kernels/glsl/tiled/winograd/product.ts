// m[p] = v[p] * u[p] for every place p of an output tile (outputTiles.ts), as a convolution of 1x1 multiplies pixels. A
// fragment computes four output channels of eight output tiles at one place. Fetches for each multiply-add: 0.094.

import { ints } from '../../uniforms.js';
import { weightMatrix } from '../conv/products.js';
import { type Addressing, columnsOfQuad } from '../layout/addressing.js';
import type { TileLayout } from '../layout/layout.js';
import { lines, type TileProgram } from '../program.js';
import { uniforms, type ValuesOf } from '../uniforms.js';
import {
  gridColumnsDeclaration,
  gridColumnsValues,
  type OutputTileGrid,
  PLACES,
  REACH,
  TILES_PER_FRAGMENT,
} from './outputTiles.js';

const productUniforms = uniforms({ ...gridColumnsDeclaration, ...ints('outputTiles', 'inQuads', 'outQuads') });

export function winogradProductValues(
  x: TileLayout,
  y: TileLayout,
  grid: OutputTileGrid,
): ValuesOf<typeof productUniforms> {
  const { images, rows, columns } = grid;
  const outputTiles = images * rows * columns;
  return { ...gridColumnsValues(grid), outputTiles, inQuads: x.quads, outQuads: y.quads };
}

export function winogradProductProgram(): TileProgram<typeof productUniforms> {
  return {
    key: 'glsl/tiled/winograd/product',
    inputs: { v: 'tiles', u: 'matrix' },
    uniforms: productUniforms,
    targets: TILES_PER_FRAGMENT,
    source,
  };
}

function source(at: Addressing): string {
  return `
void main() {
  ivec2 place = ivec2(gl_FragCoord.xy) - ivec2(1, 0);
  int band = place.y / ${PLACES};
  int p = place.y - band * ${PLACES};
  int i = p / ${REACH};
  int eight = place.x / outQuads;
  int q = place.x - eight * outQuads;
  int first = (band * perRow + eight) * ${TILES_PER_FRAGMENT};
  ${at.type} layer = ${at.layer(`p - i * ${REACH}`)};
  ${at.type} uY = ${at.y('u', `q * ${PLACES} + p`)};
${lines(TILES_PER_FRAGMENT, (k) => outputTileSource(at, k))}
${lines(TILES_PER_FRAGMENT, (k) => `  vec4 acc${k} = vec4(0.0);`)}
  for (int j = 0; j < inQuads; j++) {
    ${at.type} step = ${at.type}(j) * ${at.step('v')};
    ${columnsOfQuad(at, 'u', 'j', 4)}
${lines(4, (k) => `    vec4 w${k} = ${at.matrix('u', `uX${k}`, 'uY')};`)}
    mat4 w = ${weightMatrix(4)};
${lines(TILES_PER_FRAGMENT, (k) => `    acc${k} += w * ${at.tiles('v', `v${k}X + step`, `v${k}Y`, 'layer')};`)}
  }
${lines(TILES_PER_FRAGMENT, (k) => `  y${k} = acc${k};`)}
}
`;
}

/** Declares where output tile k of a fragment lies in v; the last one stands in for those that do not exist. */
function outputTileSource(at: Addressing, k: number): string {
  return `
  int outputTile${k} = min(first + ${k}, outputTiles - 1);
  int row${k} = outputTile${k} / gridColumns;
  ${at.type} v${k}X = ${at.x('v', `1 + (outputTile${k} - row${k} * gridColumns) * inQuads`)};
  ${at.type} v${k}Y = ${at.y('v', `row${k} * ${REACH} + i`)};`;
}
