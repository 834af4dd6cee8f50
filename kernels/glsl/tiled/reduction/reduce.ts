// Sums and maxima over the pixels of an image: y[n, s, c] = finish(scale * sum of x[n, rows of s, all columns, c]). Each
// fragment takes four channels and some rows of tiles; several such parts s of an image are reduced by a second pass.

import { clampSource, epilogueSource } from '../conv/epilogue.js';
import type { Addressing } from '../layout/addressing.js';
import { type TileLayout, type TileShape, tileShapes } from '../layout/layout.js';
import { dimsOf, pixelOf, placeSource, textureRow } from '../layout/place.js';
import { lines, type TileProgram } from '../program.js';

export interface ReduceSpec {
  readonly operation: 'sum' | 'max';
  /** Of x. */
  readonly tile: TileShape;
}

/** What follows is that of a convolution: a bias, then a clamp, whose numbers are the first vec4 of floats; the second is the scale. */
export function reduceProgram({ operation, tile }: ReduceSpec): TileProgram {
  const spec: ReduceSpec = { operation, tile };
  return {
    key: `glsl/tiled/reduce ${JSON.stringify(spec)}`,
    inputs: { x: 'tiles', bias: 'matrix' },
    ints: ['xDims', 'yDims', 'part', 'channels'],
    floats: ['clampTo', 'scale'],
    targets: 1,
    source: (at) => `${clampSource}${operation === 'max' ? greaterSource : ''}
void main() {${placeSource('yDims')}
  vec4 acc0 = vec4(scale.y);
  int end = min((yb + 1) * part.x, xDims.w);
  for (int row = yb * part.x; row < end; row++) {
    ${at.type} xY = ${at.y('x', textureRow('xDims', 'n', 'row'))};
    for (int column = 0; column < part.y; column++) {
      ${at.type} xX = ${at.x('x', '1 + column * xDims.z + q')};
${lines(tile.rows * tile.columns, (i) => step(at, spec, i))}
    }
  }
  acc0 *= scale.x;
${epilogueSource(at, { slopes: false, affine: false, residual: false }, tileShapes.single)}
}
`,
  };
}

const greaterSource = `
vec4 greater(vec4 a, vec4 b) {
  return keepNaN(keepNaN(mix(a, b, greaterThan(b, a)), b), a);
}
`;

function step(at: Addressing, { operation, tile }: ReduceSpec, layer: number): string {
  const texel = at.tiles('x', 'xX', 'xY', at.layer(`${layer}`));
  if (operation === 'sum') return `      acc0 += ${texel};`;
  // What lies beyond the image is zero, which may be more than the greatest value in it.
  const [r, c] = pixelOf(layer, tile);
  const isPixel = `row * ${tile.rows} + ${r} < xDims.x && column * ${tile.columns} + ${c} < xDims.y`;
  return `      { vec4 v = ${texel}; acc0 = ${isPixel} ? greater(acc0, v) : acc0; }`;
}

/** Each row of tiles of y is of `rows` rows of tiles of x. */
export function reduceInts(x: TileLayout, y: TileLayout, rows: number): number[] {
  return [...dimsOf(x), ...dimsOf(y), ...[rows, x.tileColumns, 0, 0], ...[0, 0, 0, y.c]];
}

export function reduceFloats(operation: ReduceSpec['operation'], clampTo: readonly number[], scale: number): number[] {
  return [...clampTo, ...[scale, operation === 'sum' ? 0 : Number.NEGATIVE_INFINITY, 0, 0]];
}
