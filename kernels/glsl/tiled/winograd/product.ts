// m[p] = v[p] * u[p] for every place p of a tile (tiles.ts): what a convolution of 1x1 is to pixels. A fragment computes four
// output channels of eight tiles at one place. Fetches for each multiply-add: 0.094.

import { weightMatrix } from '../conv/products.js';
import type { Addressing } from '../layout/addressing.js';
import type { BlockLayout } from '../layout/layout.js';
import { type BlockProgram, lines } from '../program.js';
import { PLACES, REACH, TILES_OF_FRAGMENT, type TileGrid, tileInts } from './tiles.js';

export function winogradProductInts(x: BlockLayout, y: BlockLayout, grid: TileGrid): number[] {
  return [...tileInts(grid, x, y)];
}

export function winogradProductProgram(): BlockProgram {
  return {
    key: 'glsl/block/winograd/product',
    inputs: { v: 'blocks', u: 'matrix' },
    ints: ['tiles', 'grid'],
    floats: [],
    targets: TILES_OF_FRAGMENT,
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
  int first = (band * grid.y + eight) * ${TILES_OF_FRAGMENT};
  ${at.type} layer = ${at.layer(`p - i * ${REACH}`)};
  ${at.type} uY = ${at.y('u', `q * ${PLACES} + p`)};
${lines(TILES_OF_FRAGMENT, (k) => tileSource(at, k))}
${lines(TILES_OF_FRAGMENT, (k) => `  vec4 acc${k} = vec4(0.0);`)}
  for (int j = 0; j < grid.z; j++) {
    ${at.type} step = ${at.type}(j) * ${at.step('v')};
${lines(4, (k) => `    vec4 w${k} = ${at.matrix('u', at.x('u', `4 * j + ${k}`), 'uY')};`)}
    mat4 w = ${weightMatrix(4)};
${lines(TILES_OF_FRAGMENT, (k) => `    acc${k} += w * ${at.blocks('v', `v${k}X + step`, `v${k}Y`, 'layer')};`)}
  }
${lines(TILES_OF_FRAGMENT, (k) => `  y${k} = acc${k};`)}
}
`;
}

/** Declares where tile k of a fragment lies; the last one stands in for those that do not exist. */
function tileSource(at: Addressing, k: number): string {
  return `
  int tile${k} = min(first + ${k}, grid.x - 1);
  int row${k} = tile${k} / tiles.w;
  ${at.type} v${k}X = ${at.x('v', `1 + (tile${k} - row${k} * tiles.w) * grid.z`)};
  ${at.type} v${k}Y = ${at.y('v', `row${k} * ${REACH} + i`)};`;
}
