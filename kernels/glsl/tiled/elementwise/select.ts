// y = condition ? a : b, element by element, of three tensors of one shape.

import { layersOf, type TileShape } from '../layout/layout.js';
import { placeSource } from '../layout/place.js';
import type { TileProgram } from '../program.js';
import { uniforms } from '../uniforms.js';
import { ownTexels, storeMasked } from './elementwise.js';

const selectUniforms = uniforms({ y: 'layout' });

export function selectProgram(tile: TileShape): TileProgram<typeof selectUniforms> {
  return {
    key: `glsl/tiled/elementwise/select ${JSON.stringify(tile)}`,
    inputs: { condition: 'tiles', a: 'tiles', b: 'tiles' },
    uniforms: selectUniforms,
    targets: layersOf(tile),
    source: (at) => `
void main() {${placeSource('y')}
${ownTexels(at, 'condition', tile)}
${ownTexels(at, 'a', tile)}
${ownTexels(at, 'b', tile)}
${storeMasked(tile, (i) => `mix(b${i}, a${i}, notEqual(condition${i}, vec4(0.0)))`)}
}
`,
  };
}
