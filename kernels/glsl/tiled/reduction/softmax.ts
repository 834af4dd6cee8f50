// y[..., c] = exp(x[..., c] - most) / sum over the channels of exp(x - most), most being the greatest of the channels. A
// fragment computes a tile of pixels of four channels and goes over all channels for it, twice.

import { ownTexels, storeMasked } from '../elementwise/elementwise.js';
import type { Addressing } from '../layout/addressing.js';
import type { TileLayout, TileShape } from '../layout/layout.js';
import { dimsOf, placeSource } from '../layout/place.js';
import { lines, type TileProgram } from '../program.js';

export function softmaxProgram(tile: TileShape): TileProgram {
  const layers = tile.rows * tile.columns;
  const least = 'vec4(-3.402823466e38)';
  return {
    key: `glsl/tiled/softmax ${JSON.stringify(tile)}`,
    inputs: { x: 'tiles' },
    ints: ['yDims', 'channels'],
    floats: [],
    targets: layers,
    source: (at) => `
float mostOf(vec4 v) {
  return max(max(v.x, v.y), max(v.z, v.w));
}

// Some devices make a number of exp(NaN).
vec4 power(vec4 x) {
  return keepNaN(exp(x), x);
}

void main() {${placeSource('yDims')}
${ownTexels(at, 'x', tile)}
  int first = 1 + xb * yDims.z;
${lines(layers, (i) => `  vec4 most${i} = ${least};`)}
  for (int j = 0; j < yDims.z; j++) {
    bvec4 isIn = lessThan(4 * j + ivec4(0, 1, 2, 3), ivec4(channels.w));
    ${at.type} jX = ${at.x('x', 'first + j')};
${lines(layers, (i) => `    most${i} = max(most${i}, mix(${least}, ${texel(at, i)}, isIn));`)}
  }
${lines(layers, (i) => `  most${i} = vec4(mostOf(most${i}));`)}
${lines(layers, (i) => `  vec4 sum${i} = vec4(0.0);`)}
  for (int j = 0; j < yDims.z; j++) {
    bvec4 isIn = lessThan(4 * j + ivec4(0, 1, 2, 3), ivec4(channels.w));
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

export function softmaxInts(layout: TileLayout): number[] {
  return [...dimsOf(layout), ...[0, 0, 0, layout.c]];
}
