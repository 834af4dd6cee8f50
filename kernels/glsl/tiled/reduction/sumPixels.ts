// y[c] = sum over n, iy, ix of x[n, iy, ix, c], the gradient of a bias: a fragment sums four channels over the pixels
// of a slice (slices.ts). Texels beyond the image are zero and may be added. For a mean it gives three layers: the sum,
// one of the values, the same in all slices, and the sum of what the values are above that (near.ts); both sums are
// divided by the number of all pixels.

import type { Addressing } from '../layout/addressing.js';
import { layersOf, type TileLayout, type TileShape } from '../layout/layout.js';
import { pixelOf, textureRow, zeroRow } from '../layout/place.js';
import { range, type TileProgram } from '../program.js';
import { uniforms, type ValuesOf } from '../uniforms.js';
import { nearSource } from './near.js';
import { type SliceSize, type Slices, sliceDeclaration, sliceRowsSource, sliceSource, sliceValues } from './slices.js';

/** X = channel quad. */
export function sumPixelsSize({ quads }: TileLayout, of: 'sum' | 'mean'): SliceSize {
  return { columns: quads, rows: 1, layers: of === 'sum' ? 1 : 3 };
}

const sumPixelsUniforms = uniforms({ x: 'layout', ...sliceDeclaration });

export function sumPixelsValues(x: TileLayout, slices: Slices): ValuesOf<typeof sumPixelsUniforms> {
  return { x, ...sliceValues(slices, x) };
}

export function sumPixelsProgram(tile: TileShape, of: 'sum' | 'mean' = 'sum'): TileProgram<typeof sumPixelsUniforms> {
  return {
    key: `glsl/tiled/reduction/sumPixels ${of} ${JSON.stringify(tile)}`,
    inputs: { x: 'tiles' },
    uniforms: sumPixelsUniforms,
    targets: of === 'sum' ? 1 : 3,
    source: (at) => {
      const texels = range(layersOf(tile)).map((i) => at.tiles('x', 'xX', 'xY', at.layer(`${i}`)));
      const sum = rowSum(at, 'sum', `      ofRow += ${texels.join('\n        + ')};`);
      return `${of === 'sum' ? '' : nearSource}
void main() {${sliceSource('x', '  vec4 sum = vec4(0.0);', sum)}
${of === 'sum' ? '' : aboveSource(at, texels, tile)}
  y0 = sum;
}
`;
    },
  };
}

/** Sums of tiles, of rows and of all rows round less than one long sum. */
function rowSum(at: Addressing, acc: string, addTile: string): string {
  return `
    vec4 ofRow = vec4(0.0);
    ${at.type} xY = ${at.y('x', `(isInside ? ${textureRow('x', 'n', 'tileY')} : ${zeroRow('x')})`)};
    for (int tileX = 0; tileX < tileColumns; tileX++) {
      ${at.type} xX = ${at.x('x', '1 + tileX * xQuads + column')};
${addTile}
    }
    ${acc} += ofRow;`;
}

function aboveSource(at: Addressing, texels: readonly string[], tile: TileShape): string {
  // Texels beyond the image are zero: what is multiplied by 0 is finite.
  const above = texels.map((texel, i) => {
    const [r, c] = pixelOf(i, tile);
    const isPixel = `isInside && tileY * ${tile.rows} + ${r} < xH && tileX * ${tile.columns} + ${c} < xW`;
    return `(${texel} - one) * (${isPixel} ? 1.0 : 0.0)`;
  });
  const count = `    pixels += isInside ? min(xH - tileY * ${tile.rows}, ${tile.rows}) * xW : 0;`;
  return `
  int pixels = 0;
${sliceRowsSource('x', count)}
  vec4 one = ${at.tiles('x', at.x('x', '1 + column'), at.y('x', '0'), at.layer('0'))};
  float share = 1.0 / float(batchTileRows / xTileRows * xH * xW);
  vec4 above = sum - float(pixels) * one;
  bvec4 lost = isLost(sum);
  bvec4 near = lessThan(apartFrom(sum / float(pixels), one, float(pixels)), vec4(0.0));
  if (any(near) || any(lost)) {
    vec4 again = vec4(0.0);
${sliceRowsSource('x', rowSum(at, 'again', `      ofRow += ${above.join('\n        + ')};`))}
    above = mix(mix(above, again, near), again, lost);
  }
  sum *= share;
  if (any(lost)) {
    vec4 again = vec4(0.0);
${sliceRowsSource('x', rowSum(at, 'again', `      ofRow += ${texels.map((texel) => `share * ${texel}`).join('\n        + ')};`))}
    sum = mix(sum, again, lost);
  }
  y1 = one;
  y2 = above * share;`;
}
