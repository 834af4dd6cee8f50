// y[n, m] = clamp(sum over k of x[n, k] * w[k, m] + bias): the product of vectors with a matrix, in slices of k whose
// sums a second pass adds up (denseSum.ts). Without slices there would be too few fragments for a GPU, one for four
// outputs, and they would lie in one row, which a software renderer computes on one thread. A fragment takes several
// vectors where there are several, so that a weight serves them all. Fetches for each multiply-add: 0.31 for one
// vector, 0.094 for eight.
//
// The sums of slices are a tensor [n / rows, slices, rows, m] in tiles of 1 x rows pixels.

import { ints } from '../../uniforms.js';
import { type Clamp, clampDeclaration, clampSource, epilogueSource, plainEpilogue } from '../conv/clampEpilogue.js';
import { weightMatrix } from '../conv/products.js';
import type { Matrix, Packing } from '../conv/weights.js';
import { columnsOfQuad } from '../layout/addressing.js';
import { layoutOf, type TileLayout, type TileShape } from '../layout/layout.js';
import { betweenImagesSource, placeSource } from '../layout/place.js';
import { lines, type TileProgram } from '../program.js';
import { uniforms, type ValuesOf } from '../uniforms.js';

/** How a matrix is cut into slices of its input. */
export interface Slices {
  readonly count: number;
  /** Texels of x, four values each. */
  readonly quads: number;
}

/** Fragments of one draw: fewer do not keep a device busy. */
const FRAGMENTS = 4096;
/** Texels of x in a slice: with fewer, the sum of slices costs more than they save. */
const LEAST_QUADS = 8;

/** Slices have one size and hold whole texels. Undefined if the matrix does not fit into a texture. */
export function slicesOf(k: number, m: number, maxTextureSize: number): Slices | undefined {
  const inQuads = Math.ceil(k / 4);
  const outQuads = Math.ceil(m / 4);
  const wanted = Math.min(FRAGMENTS / outQuads, inQuads / LEAST_QUADS);
  const divides = (count: number) => count === 1 || (k % 4 === 0 && inQuads % count === 0);
  const fits = (count: number) => Math.max((4 * inQuads) / count, outQuads * count) <= maxTextureSize;
  let best: number | undefined;
  for (let count = 1; count <= inQuads && (best === undefined || count <= wanted); count++) {
    if (divides(count) && fits(count)) best = count;
  }
  return best === undefined ? undefined : { count: best, quads: inQuads / best };
}

export interface DenseShape {
  /** Inputs and outputs. */
  readonly k: number;
  readonly m: number;
  /** Whether the matrix is [m, k] instead of [k, m]. */
  readonly isTransposed: boolean;
}

/** X = k within its slice, Y = q * slices + slice, RGBA = outputs 4q ... */
export function densePacking({ k, m, isTransposed }: DenseShape, { count, quads }: Slices): Packing {
  const [icStep, ocStep] = isTransposed ? [1, k] : [m, 1];
  return {
    name: `dense ${k} ${m} ${isTransposed}`,
    ...{ width: 4 * quads, height: Math.ceil(m / 4) * count, taps: count, isByQuad: false },
    ...{ outC: m, icg: k / count, ocg: m },
    ...{ first: 0, tapStep: (k / count) * icStep, icStep, ocStep, groupStep: 0 },
  };
}

/** Inputs that are copied together: with a column at a time each value of a large matrix is a cache miss. */
const BLOCK = 16;

/** The same as packMatrix(), 3 to 6 times as fast where outputs are adjacent in memory. */
export function packDense(packing: Packing, values: ArrayLike<number>): Matrix {
  const { width, height, taps, icg, outC, tapStep, icStep, ocStep } = packing;
  const texels = new Float32Array(width * height * 4);
  const block = icStep === 1 ? icg : BLOCK;
  for (let tap = 0; tap < taps; tap++) {
    for (let first = 0; first < icg; first += block) {
      const end = Math.min(first + block, icg);
      for (let oc = 0; oc < outC; oc++) {
        const row = ((oc >> 2) * taps + tap) * width;
        const from = tap * tapStep + oc * ocStep;
        for (let ic = first; ic < end; ic++) texels[(row + ic) * 4 + (oc & 3)] = values[from + ic * icStep];
      }
    }
  }
  return { width, height, texels };
}

/** The layout of the sums of slices for `n` vectors, `rows` of them a fragment. */
export function partialLayout(n: number, m: number, rows: number, { count }: Slices): TileLayout {
  return layoutOf({ n: Math.ceil(n / rows), h: count, w: rows, c: m }, { rows: 1, columns: rows });
}

const denseUniforms = uniforms({
  y: 'layout',
  ...ints('quadsPerSlice', 'sliceCount', 'vectors'),
  ...clampDeclaration,
});

/** @param vectors How many there are. */
export function denseValues(
  vectors: number,
  y: TileLayout,
  { quads, count }: Slices,
  clamp: Clamp,
): ValuesOf<typeof denseUniforms> {
  return { y, quadsPerSlice: quads, sliceCount: count, vectors, ...clamp };
}

/** x is [n, k] in tiles of one pixel, y has the layout of partialLayout(). */
export function denseProgram(rows: number): TileProgram<typeof denseUniforms> {
  const tile: TileShape = { rows: 1, columns: rows };
  return {
    key: `glsl/tiled/matmul/dense ${rows}`,
    inputs: { x: 'tiles', w: 'matrix', bias: 'matrix' },
    uniforms: denseUniforms,
    targets: rows,
    source: (at) => `${clampSource}
void main() {${placeSource('y')}${betweenImagesSource('y', tile)}
${lines(rows, (i) => `  ${at.type} xY${i} = ${at.y('x', `2 * min(n * ${rows} + ${i}, vectors - 1)`)};`)}
  ${at.type} wY = ${at.y('w', 'q * sliceCount + tileY')};
  int first = 1 + tileY * quadsPerSlice;
${lines(rows, (i) => `  vec4 acc${i} = vec4(0.0);`)}
  for (int j = 0; j < quadsPerSlice; j++) {
    ${at.type} xX = ${at.x('x', 'first + j')};
    ${columnsOfQuad(at, 'w', 'j', 4)}
${lines(4, (i) => `    vec4 w${i} = ${at.matrix('w', `wX${i}`, 'wY')};`)}
    mat4 w = ${weightMatrix(4)};
${lines(rows, (i) => `    acc${i} += w * ${at.tiles('x', 'xX', `xY${i}`, at.layer('0'))};`)}
  }
${epilogueSource(at, plainEpilogue, tile)}
}
`,
  };
}
