// Sums and maxima over the pixels of an image: y[n, s, c] = clamp(scale * sum of x[n, rows of s, all columns, c]). Each
// fragment takes four channels and some rows of tiles. A second pass reduces the parts s of an image to one.

import { floats, ints } from '../../uniforms.js';
import { type Clamp, clampDeclaration, clampSource, epilogueSource, plainEpilogue } from '../conv/clampEpilogue.js';
import type { Addressing } from '../layout/addressing.js';
import { layersOf, type TileLayout, type TileShape, tileShapes } from '../layout/layout.js';
import { pixelOf, placeSource, textureRow } from '../layout/place.js';
import { lines, type TileProgram } from '../program.js';
import { uniforms, type ValuesOf } from '../uniforms.js';

export interface ReduceSpec {
  readonly operation: 'sum' | 'max';
  /** The tile of x. */
  readonly tile: TileShape;
}

const reduceUniforms = uniforms({
  x: 'layout',
  y: 'layout',
  // A row of tiles of y is that many rows of tiles of x.
  ...ints('rowsPerPart', 'tileColumns'),
  ...clampDeclaration,
  ...floats('scale', 'start'),
});

/** @param rowsPerPart Rows of tiles of x that become one row of tiles of y. */
export function reduceValues(
  operation: ReduceSpec['operation'],
  { x, y, rowsPerPart }: { readonly x: TileLayout; readonly y: TileLayout; readonly rowsPerPart: number },
  { clamp, scale }: { readonly clamp: Clamp; readonly scale: number },
): ValuesOf<typeof reduceUniforms> {
  const start = operation === 'sum' ? 0 : Number.NEGATIVE_INFINITY;
  return { x, y, rowsPerPart, tileColumns: x.tileColumns, ...clamp, scale, start };
}

/** The epilogue is that of a convolution: a bias, then a clamp. */
export function reduceProgram({ operation, tile }: ReduceSpec): TileProgram<typeof reduceUniforms> {
  const spec: ReduceSpec = { operation, tile };
  return {
    key: `glsl/tiled/reduction/reduce ${JSON.stringify(spec)}`,
    inputs: { x: 'tiles', bias: 'matrix' },
    uniforms: reduceUniforms,
    targets: 1,
    source: (at) => `${clampSource}${operation === 'max' ? greaterSource : ''}
void main() {${placeSource('y')}
  vec4 acc0 = vec4(start);
  int end = min((tileY + 1) * rowsPerPart, xTileRows);
  for (int row = tileY * rowsPerPart; row < end; row++) {
    ${at.type} xY = ${at.y('x', textureRow('x', 'n', 'row'))};
    for (int column = 0; column < tileColumns; column++) {
      ${at.type} xX = ${at.x('x', '1 + column * xQuads + q')};
${lines(layersOf(tile), (i) => step(at, spec, i))}
    }
  }
  acc0 *= scale;
${epilogueSource(at, plainEpilogue, tileShapes.single)}
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
  // Texels beyond the image are zero, which may be more than the maximum of the image.
  const [r, c] = pixelOf(layer, tile);
  const isPixel = `row * ${tile.rows} + ${r} < xH && column * ${tile.columns} + ${c} < xW`;
  return `      { vec4 v = ${texel}; acc0 = ${isPixel} ? greater(acc0, v) : acc0; }`;
}
