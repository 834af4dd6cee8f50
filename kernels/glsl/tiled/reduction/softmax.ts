// y[..., c] = exp(x[..., c] - most) / sum over the channels of exp(x - most), where most is the maximum of the
// channels. A fragment computes a tile of pixels of four channels and reads all channels for it twice.

import { ownTexels, storeMasked } from '../elementwise/elementwise.js';
import type { Addressing } from '../layout/addressing.js';
import { layersOf, type TileShape } from '../layout/layout.js';
import { placeSource } from '../layout/place.js';
import { lines, type TileProgram } from '../program.js';
import { uniforms } from '../uniforms.js';

const softmaxUniforms = uniforms({ y: 'layout' });

export function softmaxProgram(tile: TileShape): TileProgram<typeof softmaxUniforms> {
  const layers = layersOf(tile);
  const least = 'vec4(-3.402823466e38)';
  return {
    key: `glsl/tiled/reduction/softmax ${JSON.stringify(tile)}`,
    inputs: { x: 'tiles' },
    uniforms: softmaxUniforms,
    targets: layers,
    source: (at) => `
float mostOf(vec4 v) {
  return max(max(v.x, v.y), max(v.z, v.w));
}

// On some devices exp(NaN) is a number.
vec4 power(vec4 x) {
  return keepNaN(exp(x), x);
}

void main() {${placeSource('y')}
${ownTexels(at, 'x', tile)}
  int first = 1 + tileX * yQuads;
${lines(layers, (i) => `  vec4 most${i} = ${least};`)}
  for (int j = 0; j < yQuads; j++) {
    bvec4 isIn = lessThan(4 * j + ivec4(0, 1, 2, 3), ivec4(yC));
    ${at.type} jX = ${at.x('x', 'first + j')};
${lines(layers, (i) => `    most${i} = max(most${i}, mix(${least}, ${texel(at, i)}, isIn));`)}
  }
${lines(layers, (i) => `  most${i} = vec4(mostOf(most${i}));`)}
${lines(layers, (i) => `  vec4 sum${i} = vec4(0.0);`)}
  for (int j = 0; j < yQuads; j++) {
    bvec4 isIn = lessThan(4 * j + ivec4(0, 1, 2, 3), ivec4(yC));
    ${at.type} jX = ${at.x('x', 'first + j')};
${lines(layers, (i) => `    sum${i} += mix(vec4(0.0), power(${texel(at, i)} - most${i}), isIn);`)}
  }
${storeMasked(tile, (i) => `power(x${i} - most${i}) / dot(sum${i}, vec4(1.0))`)}
}
`,
  };
}

function texel(at: Addressing, layer: number): string {
  return at.tiles('x', 'jX', 'xY', at.layer(`${layer}`));
}
