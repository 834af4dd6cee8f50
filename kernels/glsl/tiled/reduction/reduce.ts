// Sums, means and maxima over the pixels of an image: y[n, s, c] = clamp(sum of x[n, rows of s, all columns, c]). Each
// fragment takes four channels and some rows of tiles. A second pass reduces the parts s of an image to one. Of means the
// last part may have fewer rows than the others, and then weighs less.

import { floats, ints } from '../../uniforms.js';
import { type Clamp, clampDeclaration, clampSource, epilogueSource, plainEpilogue } from '../conv/clampEpilogue.js';
import type { Addressing } from '../layout/addressing.js';
import { layersOf, type TileLayout, type TileShape, tileShapes } from '../layout/layout.js';
import { pixelOf, placeSource, textureRow } from '../layout/place.js';
import { lines, range, type TileProgram } from '../program.js';
import { uniforms, type ValuesOf } from '../uniforms.js';
import { nearSource } from './near.js';

export interface ReduceSpec {
  readonly operation: 'sum' | 'mean' | 'max';
  /** The tile of x. */
  readonly tile: TileShape;
}

const reduceUniforms = uniforms({
  x: 'layout',
  y: 'layout',
  // A row of tiles of y is that many rows of tiles of x.
  ...ints('rowsPerPart', 'tileColumns'),
  ...clampDeclaration,
  ...floats('start', 'lastWeight'),
});

export interface Reduction {
  readonly x: TileLayout;
  readonly y: TileLayout;
  /** Rows of tiles of x that become one row of tiles of y. */
  readonly rowsPerPart: number;
  /** What the last row of x counts in a mean, where each other one counts 1. Other than 1 for tiles of one pixel only. */
  readonly lastWeight: number;
}

export function reduceValues(
  operation: ReduceSpec['operation'],
  { x, y, rowsPerPart, lastWeight }: Reduction,
  clamp: Clamp,
): ValuesOf<typeof reduceUniforms> {
  const start = operation === 'max' ? Number.NEGATIVE_INFINITY : 0;
  return { x, y, rowsPerPart, tileColumns: x.tileColumns, ...clamp, start, lastWeight };
}

/** The epilogue is that of a convolution: a bias, then a clamp. */
export function reduceProgram({ operation, tile }: ReduceSpec): TileProgram<typeof reduceUniforms> {
  const spec: ReduceSpec = { operation, tile };
  return {
    key: `glsl/tiled/reduction/reduce ${JSON.stringify(spec)}`,
    inputs: { x: 'tiles', bias: 'matrix' },
    uniforms: reduceUniforms,
    targets: 1,
    source: (at) => `${clampSource}${functions[operation]}
void main() {${placeSource('y')}
  vec4 acc0 = vec4(start);
  int first = tileY * rowsPerPart;
  int end = min(first + rowsPerPart, xTileRows);
${
  operation === 'mean'
    ? meanSource(at, tile)
    : tilesSource(
        at,
        lines(layersOf(tile), (i) => step(at, spec, i)),
      )
}
${epilogueSource(at, plainEpilogue, tileShapes.single)}
}
`,
  };
}

/** Runs statements for each tile: row `row`, column `column`, at xX and xY. */
function tilesSource(at: Addressing, statements: string, [before, after] = ['', '']): string {
  return `
  for (int row = first; row < end; row++) {
    ${at.type} xY = ${at.y('x', textureRow('x', 'n', 'row'))};
${before}
    for (int column = 0; column < tileColumns; column++) {
      ${at.type} xX = ${at.x('x', '1 + column * xQuads + q')};
${statements}
    }
${after}
  }`;
}

const greaterSource = `
vec4 greater(vec4 a, vec4 b) {
  return keepNaN(keepNaN(mix(a, b, greaterThan(b, a)), b), a);
}
`;

const functions: Readonly<Record<ReduceSpec['operation'], string>> = {
  sum: '',
  mean: nearSource,
  max: greaterSource,
};

function meanSource(at: Addressing, tile: TileShape): string {
  const texels = range(layersOf(tile)).map((i) => at.tiles('x', 'xX', 'xY', at.layer(`${i}`)));
  // Texels beyond the image are zero: they may be added, and what is multiplied by 0 is finite.
  const sum = `      ofRow += ${texels.join(' + ')};`;
  const share = `      ofRow += ${texels.map((texel) => `share * ${texel}`).join(' + ')};`;
  const above = texels.map((texel, i) => `(${texel} - one) * (${isPixel(i, tile)} ? 1.0 : 0.0)`);
  // Sums of tiles, of rows and of all rows round less than one long sum.
  const rows = (acc: string) => {
    const weight = layersOf(tile) === 1 ? ' * (row == xH - 1 ? lastWeight : 1.0)' : '';
    return ['    vec4 ofRow = vec4(0.0);', `    ${acc} += ofRow${weight};`] as [string, string];
  };
  return `
  float pixels = float(min(end * ${tile.rows}, xH) - first * ${tile.rows});
  if (end == xTileRows) pixels += lastWeight - 1.0;
  pixels *= float(xW);
${tilesSource(at, sum, rows('acc0'))}
  acc0 /= pixels;
  bvec4 lost = isLost(acc0);
  if (any(lost)) {
    vec4 again = vec4(0.0);
    float share = 1.0 / pixels;
${tilesSource(at, share, rows('again'))}
    acc0 = mix(acc0, again, lost);
  }
  vec4 one = ${at.tiles('x', at.x('x', '1 + q'), at.y('x', textureRow('x', 'n', 'first')), at.layer('0'))};
  bvec4 near = isNear(acc0, one, pixels);
  if (any(near)) {
    vec4 above = vec4(0.0);
${tilesSource(at, `      ofRow += ${above.join('\n        + ')};`, rows('above'))}
    acc0 = moved(acc0, one, above / pixels, near);
  }`;
}

function isPixel(layer: number, tile: TileShape): string {
  const [r, c] = pixelOf(layer, tile);
  return `row * ${tile.rows} + ${r} < xH && column * ${tile.columns} + ${c} < xW`;
}

function step(at: Addressing, { operation, tile }: ReduceSpec, layer: number): string {
  const texel = at.tiles('x', 'xX', 'xY', at.layer(`${layer}`));
  if (operation === 'sum') return `      acc0 += ${texel};`;
  // Texels beyond the image are zero, which may be more than the maximum of the image.
  return `      { vec4 v = ${texel}; acc0 = ${isPixel(layer, tile)} ? greater(acc0, v) : acc0; }`;
}
