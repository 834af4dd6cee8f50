// y[c] = sum over n, iy, ix of x[n, iy, ix, c], the gradient of a bias: a fragment sums four channels over the pixels of a slice
// (slices.ts). What is no pixel is zero and may be added.

import type { BlockLayout, BlockShape } from '../layout/layout.js';
import { dimsOf, textureRow, zeroRow } from '../layout/place.js';
import { type BlockProgram, range } from '../program.js';
import { type SliceSize, type Slices, sliceInts, sliceSource } from './slices.js';

/** X = channel quad. */
export function sumPixelsSize({ quads }: BlockLayout): SliceSize {
  return { columns: quads, rows: 1, layers: 1 };
}

export function sumPixelsInts(x: BlockLayout, slices: Slices): number[] {
  return [...dimsOf(x), ...sliceInts(slices, x)];
}

export function sumPixelsProgram(block: BlockShape): BlockProgram {
  return {
    key: `glsl/block/sumPixels ${JSON.stringify(block)}`,
    inputs: { x: 'blocks' },
    ints: ['xDims', 'slices'],
    floats: [],
    targets: 1,
    source: (at) => {
      const pixels = range(block.rows * block.columns).map((i) => at.blocks('x', 'xX', 'xY', at.layer(`${i}`)));
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
