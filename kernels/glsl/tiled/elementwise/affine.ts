// y = (x - mean) * scale / sqrt(variance + epsilon) + offset, with a value of each for a channel: batch normalization with
// given statistics. Where the four vectors are known to TypeScript they are two, y = x * factor + shift, else they are textures.

import type { Matrix } from '../conv/weights.js';
import type { Addressing } from '../layout/addressing.js';
import type { BlockLayout, BlockShape } from '../layout/layout.js';
import { dimsOf, placeSource } from '../layout/place.js';
import type { BlockProgram } from '../program.js';
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
export function affineProgram(block: BlockShape): BlockProgram {
  return {
    key: `glsl/block/affine ${JSON.stringify(block)}`,
    inputs: { x: 'blocks', vectors: 'matrix' },
    ints: ['yDims', 'channels'],
    floats: [],
    targets: block.rows * block.columns,
    source: (at) => `
void main() {${placeSource('yDims')}
${ownTexels(at, 'x', block)}
  ${at.type} vX = ${at.x('vectors', 'q')};
  vec4 factor = ${at.matrix('vectors', 'vX', at.y('vectors', '0'))};
  vec4 shift = ${at.matrix('vectors', 'vX', at.y('vectors', '1'))};
${storeMasked(block, (i) => `x${i} * factor + shift`)}
}
`,
  };
}

/** Its vec4 of floats is (epsilon, whether there is a scale, whether there is an offset). */
export function normalizeProgram(block: BlockShape): BlockProgram {
  return {
    key: `glsl/block/normalize ${JSON.stringify(block)}`,
    inputs: { x: 'blocks', mean: 'blocks', variance: 'blocks', scale: 'blocks', offset: 'blocks' },
    ints: ['yDims', 'channels'],
    floats: ['given'],
    targets: block.rows * block.columns,
    source: (at) => `
void main() {${placeSource('yDims')}
${ownTexels(at, 'x', block)}
  vec4 factor = inversesqrt(${vectorTexel(at, 'variance')} + given.x);
  if (given.y != 0.0) factor *= ${vectorTexel(at, 'scale')};
  vec4 centre = ${vectorTexel(at, 'mean')};
  vec4 shift = given.z != 0.0 ? ${vectorTexel(at, 'offset')} : vec4(0.0);
${storeMasked(block, (i) => `(x${i} - centre) * factor + shift`)}
}
`,
  };
}

/** Of a tensor [c] in blocks. */
function vectorTexel(at: Addressing, input: string): string {
  return at.blocks(input, at.x(input, '1 + q'), at.y(input, '0'), at.layer('0'));
}

export function affineInts(layout: BlockLayout): number[] {
  return [...dimsOf(layout), ...[0, 0, 0, layout.c]];
}
