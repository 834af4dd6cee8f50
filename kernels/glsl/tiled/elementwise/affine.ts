// y = (x - mean) * scale / sqrt(variance + epsilon) + offset, with a value of each for a channel: batch normalization with
// given statistics. Where the four vectors are known to TypeScript they are two, y = x * factor + shift, else they are textures.

import type { Matrix } from '../conv/weights.js';
import type { Addressing } from '../layout/addressing.js';
import type { TileLayout, TileShape } from '../layout/layout.js';
import { dimsOf, placeSource } from '../layout/place.js';
import type { TileProgram } from '../program.js';
import { ownTexels, storeMasked } from './elementwise.js';

export interface Statistics<Vector> {
  readonly mean: Vector;
  readonly variance: Vector;
  readonly scale?: Vector;
  readonly offset?: Vector;
}

/** A row of factors and one of shifts. */
export function packAffine({ mean, variance, scale, offset }: Statistics<ArrayLike<number>>, epsilon: number): Matrix {
  const width = Math.ceil(mean.length / 4);
  const texels = new Float32Array(2 * 4 * width);
  for (let c = 0; c < mean.length; c++) {
    const factor = (scale ? scale[c] : 1) / Math.sqrt(variance[c] + epsilon);
    texels[c] = factor;
    texels[4 * width + c] = (offset ? offset[c] : 0) - mean[c] * factor;
  }
  return { width, height: 2, texels };
}

/** The input `vectors` is what packAffine makes. */
export function affineProgram(tile: TileShape): TileProgram {
  return {
    key: `glsl/tiled/affine ${JSON.stringify(tile)}`,
    inputs: { x: 'tiles', vectors: 'matrix' },
    ints: ['yDims', 'channels'],
    floats: [],
    targets: tile.rows * tile.columns,
    source: (at) => `
void main() {${placeSource('yDims')}
${ownTexels(at, 'x', tile)}
  ${at.type} vX = ${at.x('vectors', 'q')};
  vec4 factor = ${at.matrix('vectors', 'vX', at.y('vectors', '0'))};
  vec4 shift = ${at.matrix('vectors', 'vX', at.y('vectors', '1'))};
${storeMasked(tile, (i) => `x${i} * factor + shift`)}
}
`,
  };
}

/** Its vec4 of floats is (epsilon, whether there is a scale, whether there is an offset). */
export function normalizeProgram(tile: TileShape): TileProgram {
  return {
    key: `glsl/tiled/normalize ${JSON.stringify(tile)}`,
    inputs: { x: 'tiles', mean: 'tiles', variance: 'tiles', scale: 'tiles', offset: 'tiles' },
    ints: ['yDims', 'channels'],
    floats: ['given'],
    targets: tile.rows * tile.columns,
    source: (at) => `
void main() {${placeSource('yDims')}
${ownTexels(at, 'x', tile)}
  vec4 factor = inversesqrt(${vectorTexel(at, 'variance')} + given.x);
  if (given.y != 0.0) factor *= ${vectorTexel(at, 'scale')};
  vec4 centre = ${vectorTexel(at, 'mean')};
  vec4 shift = given.z != 0.0 ? ${vectorTexel(at, 'offset')} : vec4(0.0);
${storeMasked(tile, (i) => `(x${i} - centre) * factor + shift`)}
}
`,
  };
}

/** Of a tensor [c] in tiles. */
function vectorTexel(at: Addressing, input: string): string {
  return at.tiles(input, at.x(input, '1 + q'), at.y(input, '0'), at.layer('0'));
}

export function affineInts(layout: TileLayout): number[] {
  return [...dimsOf(layout), ...[0, 0, 0, layout.c]];
}
