// m[p] = v[p] * u[p] for every place p of a output tile (outputTiles.ts): what a convolution of 1x1 is to pixels. A fragment computes four
// output channels of eight output tiles at one place. Fetches for each multiply-add: 0.094.

import { weightMatrix } from '../conv/products.js';
import type { Addressing } from '../layout/addressing.js';
import type { TileLayout } from '../layout/layout.js';
import { lines, type TileProgram } from '../program.js';
import { OUTPUT_TILES, type OutputTileGrid, PLACES, REACH, tileInts } from './outputTiles.js';

export function winogradProductInts(x: TileLayout, y: TileLayout, grid: OutputTileGrid): number[] {
  return [...tileInts(grid, x, y)];
}

export function winogradProductProgram(): TileProgram {
  return {
    key: 'glsl/tiled/winograd/product',
    inputs: { v: 'tiles', u: 'matrix' },
    ints: ['tiles', 'grid'],
    floats: [],
    targets: OUTPUT_TILES,
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
  int eight = place.x / grid.w;
  int q = place.x - eight * grid.w;
  int first = (band * grid.y + eight) * ${OUTPUT_TILES};
  ${at.type} layer = ${at.layer(`p - i * ${REACH}`)};
  ${at.type} uY = ${at.y('u', `q * ${PLACES} + p`)};
${lines(OUTPUT_TILES, (k) => outputTileSource(at, k))}
${lines(OUTPUT_TILES, (k) => `  vec4 acc${k} = vec4(0.0);`)}
  for (int j = 0; j < grid.z; j++) {
    ${at.type} step = ${at.type}(j) * ${at.step('v')};
${lines(4, (k) => `    vec4 w${k} = ${at.matrix('u', at.x('u', `4 * j + ${k}`), 'uY')};`)}
    mat4 w = ${weightMatrix(4)};
${lines(OUTPUT_TILES, (k) => `    acc${k} += w * ${at.tiles('v', `v${k}X + step`, `v${k}Y`, 'layer')};`)}
  }
${lines(OUTPUT_TILES, (k) => `  y${k} = acc${k};`)}
}
`;
}

/** Declares where output tile k of a fragment lies; the last one stands in for those that do not exist. */
function outputTileSource(at: Addressing, k: number): string {
  return `
  int outputTile${k} = min(first + ${k}, grid.x - 1);
  int row${k} = outputTile${k} / tiles.w;
  ${at.type} v${k}X = ${at.x('v', `1 + (outputTile${k} - row${k} * output tiles.w) * grid.z`)};
  ${at.type} v${k}Y = ${at.y('v', `row${k} * ${REACH} + i`)};`;
}
