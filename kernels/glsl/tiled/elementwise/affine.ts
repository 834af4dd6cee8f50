// y = x * factor + shift, with a value of each for a channel: batch normalization whose statistics are known to
// TypeScript, which packs them into these two vectors. normalize.ts is for statistics on the device.

import type { Matrix } from '../conv/weights.js';
import { layersOf, type TileShape } from '../layout/layout.js';
import { placeSource } from '../layout/place.js';
import type { TileProgram } from '../program.js';
import { uniforms } from '../uniforms.js';
import { ownTexels, storeMasked } from './elementwise.js';

/** y = (x - mean) * scale / sqrt(variance + epsilon) + offset */
export interface Statistics<Vector> {
  readonly mean: Vector;
  readonly variance: Vector;
  readonly scale?: Vector;
  readonly offset?: Vector;
}

/** A row of factors and a row of shifts. */
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

const affineUniforms = uniforms({ y: 'layout' });

/** The input `vectors` is a matrix of packAffine(). */
export function affineProgram(tile: TileShape): TileProgram<typeof affineUniforms> {
  return {
    key: `glsl/tiled/elementwise/affine ${JSON.stringify(tile)}`,
    inputs: { x: 'tiles', vectors: 'matrix' },
    uniforms: affineUniforms,
    targets: layersOf(tile),
    source: (at) => `
void main() {${placeSource('y')}
${ownTexels(at, 'x', tile)}
  ${at.type} vX = ${at.x('vectors', 'q')};
  vec4 factor = ${at.matrix('vectors', 'vX', at.y('vectors', '0'))};
  vec4 shift = ${at.matrix('vectors', 'vX', at.y('vectors', '1'))};
${storeMasked(tile, (i) => `x${i} * factor + shift`)}
}
`,
  };
}
