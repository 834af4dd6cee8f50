// y = condition ? a : b, element by element, of three tensors of one shape.

import type { TileLayout, TileShape } from '../layout/layout.js';
import { dimsOf, placeSource } from '../layout/place.js';
import type { TileProgram } from '../program.js';
import { ownTexels, storeMasked } from './elementwise.js';

export function selectProgram(tile: TileShape): TileProgram {
  return {
    key: `glsl/tiled/select ${JSON.stringify(tile)}`,
    inputs: { condition: 'tiles', a: 'tiles', b: 'tiles' },
    ints: ['yDims', 'channels'],
    floats: [],
    targets: tile.rows * tile.columns,
    source: (at) => `
void main() {${placeSource('yDims')}
${ownTexels(at, 'condition', tile)}
${ownTexels(at, 'a', tile)}
${ownTexels(at, 'b', tile)}
${storeMasked(tile, (i) => `mix(b${i}, a${i}, notEqual(condition${i}, vec4(0.0)))`)}
}
`,
  };
}

export function selectInts(layout: TileLayout): number[] {
  return [...dimsOf(layout), ...[0, 0, 0, layout.c]];
}
