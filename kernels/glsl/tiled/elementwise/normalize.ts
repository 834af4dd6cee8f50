// y = (x - mean) * scale / sqrt(variance + epsilon) + offset, with a value of each for a channel: batch normalization
// whose statistics are tensors on the device, as while a model is trained.

import { floats } from '../../uniforms.js';
import type { Addressing } from '../layout/addressing.js';
import { layersOf, type TileShape } from '../layout/layout.js';
import { placeSource } from '../layout/place.js';
import type { TileProgram } from '../program.js';
import { uniforms } from '../uniforms.js';
import { ownTexels, storeMasked } from './elementwise.js';

const normalizeUniforms = uniforms({ y: 'layout', ...floats('epsilon', 'hasScale', 'hasOffset') });

export function normalizeProgram(tile: TileShape): TileProgram<typeof normalizeUniforms> {
  return {
    key: `glsl/tiled/elementwise/normalize ${JSON.stringify(tile)}`,
    inputs: { x: 'tiles', mean: 'tiles', variance: 'tiles', scale: 'tiles', offset: 'tiles' },
    uniforms: normalizeUniforms,
    targets: layersOf(tile),
    source: (at) => `
void main() {${placeSource('y')}
${ownTexels(at, 'x', tile)}
  vec4 factor = inversesqrt(${vectorTexel(at, 'variance')} + epsilon);
  if (hasScale != 0.0) factor *= ${vectorTexel(at, 'scale')};
  vec4 centre = ${vectorTexel(at, 'mean')};
  vec4 shift = hasOffset != 0.0 ? ${vectorTexel(at, 'offset')} : vec4(0.0);
${storeMasked(tile, (i) => `(x${i} - centre) * factor + shift`)}
}
`,
  };
}

/** The texel of a quad of channels, by default `q`, of a tensor [c]. */
export function vectorTexel(at: Addressing, input: string, quad = 'q'): string {
  return at.tiles(input, at.x(input, `1 + ${quad}`), at.y(input, '0'), at.layer('0'));
}
