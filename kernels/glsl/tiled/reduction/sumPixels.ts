// y[c] = sum over n, iy, ix of x[n, iy, ix, c], the gradient of a bias: a fragment sums four channels over the pixels of a slice
// (slices.ts). What is no pixel is zero and may be added.

import type { TileLayout, TileShape } from '../layout/layout.js';
import { dimsOf, textureRow, zeroRow } from '../layout/place.js';
import { range, type TileProgram } from '../program.js';
import { type SliceSize, type Slices, sliceInts, sliceSource } from './slices.js';

/** X = channel quad. */
export function sumPixelsSize({ quads }: TileLayout): SliceSize {
  return { columns: quads, rows: 1, layers: 1 };
}

export function sumPixelsInts(x: TileLayout, slices: Slices): number[] {
  return [...dimsOf(x), ...sliceInts(slices, x)];
}

export function sumPixelsProgram(tile: TileShape): TileProgram {
  return {
    key: `glsl/tiled/sumPixels ${JSON.stringify(tile)}`,
    inputs: { x: 'tiles' },
    ints: ['xDims', 'slices'],
    floats: [],
    targets: 1,
    source: (at) => {
      const pixels = range(tile.rows * tile.columns).map((i) => at.tiles('x', 'xX', 'xY', at.layer(`${i}`)));
      const body = `
    ${at.type} xY = ${at.y('x', `(isInside ? ${textureRow('xDims', 'n', 'yb')} : ${zeroRow('xDims')})`)};
    for (int xb = 0; xb < slices.w; xb++) {
      ${at.type} xX = ${at.x('x', '1 + xb * xDims.z + column')};
      sum += ${pixels.join('\n        + ')};
    }`;
      return `
void main() {${sliceSource('xDims', '  vec4 sum = vec4(0.0);', body)}
  y0 = sum;
}
`;
    },
  };
}
