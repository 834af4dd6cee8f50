// y = min(x < from ? low + slope * x : x, most), element by element; NaN stays NaN. The piecewise linear functions are
// this one program, with their numbers as uniforms.

import { floats, type UniformValues } from '../../uniforms.js';
import { leastFactor } from '../conv/clampEpilogue.js';
import { layersOf, type TileLayout, type TileShape } from '../layout/layout.js';
import { placeSource } from '../layout/place.js';
import type { TileProgram } from '../program.js';
import { uniforms, type ValuesOf } from '../uniforms.js';
import { ownTexels, storeMasked } from './elementwise.js';

const piecesDeclaration = floats('from', 'low', 'slope', 'most');

export type Pieces = UniformValues<typeof piecesDeclaration>;

const clampUniforms = uniforms({ y: 'layout', ...piecesDeclaration, ...floats('least') });

export function clampValues(y: TileLayout, pieces: Pieces): ValuesOf<typeof clampUniforms> {
  return { y, ...pieces, least: leastFactor(pieces.slope) };
}

export function clampProgram(tile: TileShape): TileProgram<typeof clampUniforms> {
  return {
    key: `glsl/tiled/elementwise/clamp ${JSON.stringify(tile)}`,
    inputs: { x: 'tiles' },
    uniforms: clampUniforms,
    targets: layersOf(tile),
    source: (at) => `
vec4 f(vec4 x) {
  vec4 y = mix(x, low + slope * max(x, vec4(least)), lessThan(x, vec4(from)));
  return keepNaN(mix(y, vec4(most), greaterThan(y, vec4(most))), x);
}

void main() {${placeSource('y')}
${ownTexels(at, 'x', tile)}
${storeMasked(tile, (i) => `f(x${i})`)}
}
`,
  };
}
