// y[n, s, m] = finish(sum over the k of slice s of x[n, k] * w[k, m]): the product of vectors with a matrix, in slices of k
// whose sums reduce.ts adds up. One row of four outputs each would be too few fragments for a GPU, and on one row a software
// renderer uses one thread. A fragment fetches one texel of x and four of weights for 16 multiply-adds.

import { clampSource, epilogueSource } from './epilogue.js';
import { type BlockLayout, blockShapes } from './layout.js';
import { dimsOf, placeSource } from './place.js';
import { type BlockProgram, lines } from './program.js';
import type { Matrix } from './weights.js';

/** A matrix that is cut into slices of its input. */
export interface Slices {
  readonly count: number;
  /** Texels of x, four values each. */
  readonly quads: number;
}

/** Outputs of one draw below which a device is not busy. */
const FRAGMENTS = 4096;
/** Texels of x below which a slice is not worth its sum. */
const LEAST_QUADS = 8;

/** Undefined if the matrix does not fit into a texture. */
export function slicesOf(k: number, m: number, maxTextureSize: number): Slices | undefined {
  const inQuads = Math.ceil(k / 4);
  const outQuads = Math.ceil(m / 4);
  const most = Math.floor(maxTextureSize / outQuads);
  const wanted = Math.min(Math.ceil(FRAGMENTS / outQuads), Math.ceil(inQuads / LEAST_QUADS));
  const least = Math.ceil(inQuads / Math.floor(maxTextureSize / 4));
  if (least > most) return undefined;
  const quads = Math.ceil(inQuads / Math.max(least, Math.min(most, wanted)));
  return { count: Math.ceil(inQuads / quads), quads };
}

export interface DenseShape {
  /** Inputs and outputs. */
  readonly k: number;
  readonly m: number;
  /** Whether the matrix is [m, k] instead of [k, m]. */
  readonly isTransposed: boolean;
}

/** Rows of w that are copied together, so that neither side jumps at each value. */
const TILE = 16;

/** X = k within its slice, Y = slice * ceil(m / 4) + q, RGBA = outputs 4q ... */
export function packDense(w: ArrayLike<number>, { k, m, isTransposed }: DenseShape, slices: Slices): Matrix {
  const outQuads = Math.ceil(m / 4);
  const width = slices.quads * 4;
  const height = slices.count * outQuads;
  const texels = new Float32Array(width * height * 4);
  const [strideK, strideM] = isTransposed ? [1, k] : [m, 1];
  for (let first = 0; first < k; first += TILE) {
    const end = Math.min(first + TILE, k);
    for (let o = 0; o < m; o++) {
      for (let i = first; i < end; i++) {
        const slice = Math.floor(i / width);
        const texel = (slice * outQuads + (o >> 2)) * width + i - slice * width;
        texels[texel * 4 + (o & 3)] = w[i * strideK + o * strideM];
      }
    }
  }
  return { width, height, texels };
}

/** x is [n, k] and y [n, slices, 1, m], both in blocks of one pixel. */
export function denseProgram(): BlockProgram {
  return {
    key: 'glsl/block/dense',
    inputs: { x: 'blocks', w: 'matrix', bias: 'matrix' },
    ints: ['xDims', 'yDims', 'slices', 'channels'],
    floats: ['clampTo'],
    targets: 1,
    source: (at) => `${clampSource}
void main() {${placeSource('yDims')}
  ${at.type} xY = ${at.y('x', '1 + 2 * n')};
  ${at.type} wY = ${at.y('w', 'yb * yDims.z + q')};
  int first = 1 + yb * slices.x;
  vec4 acc0 = vec4(0.0);
  for (int j = 0; j < slices.x; j++) {
    vec4 v = ${at.blocks('x', at.x('x', 'first + j'), 'xY', at.layer('0'))};
${lines(4, (i) => `    vec4 w${i} = ${at.matrix('w', at.x('w', `4 * j + ${i}`), 'wY')};`)}
${lines(4, (i) => `    acc0 += w${i} * v.${'xyzw'[i]};`)}
  }
${epilogueSource(at, { slopes: false, affine: false, residual: false }, blockShapes.single)}
}
`,
  };
}

export function denseInts(x: BlockLayout, y: BlockLayout, { quads }: Slices): number[] {
  return [...dimsOf(x), ...dimsOf(y), ...[quads, 0, 0, 0], ...[0, 0, 0, y.c]];
}
