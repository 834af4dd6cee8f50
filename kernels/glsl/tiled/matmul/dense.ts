// y[n, m] = finish(sum over k of x[n, k] * w[k, m]): the product of vectors with a matrix, in slices of k whose sums a second
// pass adds up. Rows of four outputs each would be too few fragments for a GPU, and on one row a software renderer uses one
// thread. A fragment takes several vectors where there are, so that a weight serves them all. Fetches for each multiply-add:
// 0.31 for one vector, 0.094 for eight.
//
// The sums of slices are a tensor [n / rows, slices, rows, m] in tiles of 1 x rows pixels.

import { clampSource, epilogueSource } from '../conv/epilogue.js';
import { weightMatrix } from '../conv/products.js';
import type { Matrix, Packing } from '../conv/weights.js';
import { layoutOf, type TileLayout, type TileShape, tileShapes } from '../layout/layout.js';
import { betweenImagesSource, dimsOf, placeSource } from '../layout/place.js';
import { lines, type TileProgram } from '../program.js';

/** A matrix that is cut into slices of its input. */
export interface Slices {
  readonly count: number;
  /** Texels of x, four values each. */
  readonly quads: number;
}

/** Of one draw: fewer do not keep a device busy. */
const FRAGMENTS = 4096;
/** Texels of x in a slice: fewer are not worth their sum. */
const LEAST_QUADS = 8;

/** Slices are of one size and hold whole texels. Undefined if the matrix does not fit into a texture. */
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

/** Inputs that are copied together: a column at a time would fetch memory anew for each value of a large matrix. */
const BLOCK = 16;

/** What packMatrix gives, 3 to 6 times as fast where outputs are neighbours in memory. */
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

/** For `n` vectors, `rows` of them a fragment. */
export function partialLayout(n: number, m: number, rows: number, { count }: Slices): TileLayout {
  return layoutOf({ n: Math.ceil(n / rows), h: count, w: rows, c: m }, { rows: 1, columns: rows });
}

/** x is [n, k], in tiles of one pixel; y is laid out as partialLayout says. */
export function denseProgram(rows: number): TileProgram {
  const tile: TileShape = { rows: 1, columns: rows };
  return {
    key: `glsl/tiled/dense ${rows}`,
    inputs: { x: 'tiles', w: 'matrix', bias: 'matrix' },
    ints: ['yDims', 'slices', 'channels'],
    floats: ['clampTo'],
    targets: rows,
    source: (at) => `${clampSource}
void main() {${placeSource('yDims')}${betweenImagesSource('yDims', tile)}
${lines(rows, (i) => `  ${at.type} xY${i} = ${at.y('x', `2 * min(n * ${rows} + ${i}, slices.z - 1)`)};`)}
  ${at.type} wY = ${at.y('w', 'q * slices.y + yb')};
  int first = 1 + yb * slices.x;
${lines(rows, (i) => `  vec4 acc${i} = vec4(0.0);`)}
  for (int j = 0; j < slices.x; j++) {
    ${at.type} xX = ${at.x('x', 'first + j')};
${lines(4, (i) => `    vec4 w${i} = ${at.matrix('w', at.x('w', `4 * j + ${i}`), 'wY')};`)}
    mat4 w = ${weightMatrix(4)};
${lines(rows, (i) => `    acc${i} += w * ${at.tiles('x', 'xX', `xY${i}`, at.layer('0'))};`)}
  }
${epilogueSource(at, { slopes: false, affine: false, residual: false }, tile)}
}
`,
  };
}

export function denseInts(n: number, y: TileLayout, { quads, count }: Slices): number[] {
  return [...dimsOf(y), ...[quads, count, n, 0], ...[0, 0, 0, y.c]];
}

/** The second pass, from what partialLayout() says to [n, m] in tiles of one pixel. */
export function denseSumProgram(): TileProgram {
  return {
    key: 'glsl/tiled/denseSum',
    inputs: { x: 'tiles', bias: 'matrix' },
    ints: ['yDims', 'slices', 'channels'],
    floats: ['clampTo'],
    targets: 1,
    source: (at) => `${clampSource}
void main() {${placeSource('yDims')}${betweenImagesSource('yDims', tileShapes.single)}
  int group = n / slices.x;
  ${at.type} row = ${at.layer('n - group * slices.x')};
  ${at.type} xX = ${at.x('x', '1 + q')};
  int first = group * slices.z;
  vec4 acc0 = vec4(0.0);
  for (int s = 0; s < slices.y; s++) acc0 += ${at.tiles('x', 'xX', at.y('x', 'first + s'), 'row')};
${epilogueSource(at, { slopes: false, affine: false, residual: false }, tileShapes.single)}
}
`,
  };
}

export function denseSumInts({ tile, tileRows, imageRows }: TileLayout, y: TileLayout): number[] {
  return [...dimsOf(y), ...[tile.columns, tileRows, imageRows, 0], ...[0, 0, 0, y.c]];
}
