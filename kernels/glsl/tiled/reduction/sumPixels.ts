// y[c] = sum over n, iy, ix of x[n, iy, ix, c], the gradient of a bias: a fragment sums four channels over the pixels
// of a slice (slices.ts). Texels beyond the image are zero and may be added.

import { layersOf, type TileLayout, type TileShape } from '../layout/layout.js';
import { textureRow, zeroRow } from '../layout/place.js';
import { range, type TileProgram } from '../program.js';
import { uniforms, type ValuesOf } from '../uniforms.js';
import { type SliceSize, type Slices, sliceDeclaration, sliceSource, sliceValues } from './slices.js';

/** X = channel quad. */
export function sumPixelsSize({ quads }: TileLayout): SliceSize {
  return { columns: quads, rows: 1, layers: 1 };
}

const sumPixelsUniforms = uniforms({ x: 'layout', ...sliceDeclaration });

export function sumPixelsValues(x: TileLayout, slices: Slices): ValuesOf<typeof sumPixelsUniforms> {
  return { x, ...sliceValues(slices, x) };
}

export function sumPixelsProgram(tile: TileShape): TileProgram<typeof sumPixelsUniforms> {
  return {
    key: `glsl/tiled/reduction/sumPixels ${JSON.stringify(tile)}`,
    inputs: { x: 'tiles' },
    uniforms: sumPixelsUniforms,
    targets: 1,
    source: (at) => {
      const pixels = range(layersOf(tile)).map((i) => at.tiles('x', 'xX', 'xY', at.layer(`${i}`)));
      const body = `
    ${at.type} xY = ${at.y('x', `(isInside ? ${textureRow('x', 'n', 'tileY')} : ${zeroRow('x')})`)};
    for (int tileX = 0; tileX < tileColumns; tileX++) {
      ${at.type} xX = ${at.x('x', '1 + tileX * xQuads + column')};
      sum += ${pixels.join('\n        + ')};
    }`;
      return `
void main() {${sliceSource('x', '  vec4 sum = vec4(0.0);', body)}
  y0 = sum;
}
`;
    },
  };
}
