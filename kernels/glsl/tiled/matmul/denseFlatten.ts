// [n, h, w, c] as [n, h * w * c] without the way over the host's layout: what goes into a product with a matrix.

import type { Addressing } from '../layout/addressing.js';
import type { BlockLayout, BlockShape } from '../layout/layout.js';
import { dimsOf, logOf, placeSource, textureRow } from '../layout/place.js';
import { type BlockProgram, lines } from '../program.js';

export function flattenProgram(block: BlockShape): BlockProgram {
  return {
    key: `glsl/block/flatten ${JSON.stringify(block)}`,
    inputs: { x: 'blocks' },
    ints: ['xDims', 'yDims', 'channels'],
    floats: [],
    targets: 1,
    source: (at) => `
float element(int i) {
  int place = int(gl_FragCoord.y);
  int n = place >> 1;
  int pixel = i / channels.x;
  int c = i - pixel * channels.x;
  int iy = pixel / xDims.y;
  int ix = pixel - iy * xDims.y;
  vec4 v = ${texelOf(at, block)};
  return i < channels.w ? v[c & 3] : 0.0;
}

void main() {${placeSource('yDims')}
${lines(4, (i) => `  y0.${'xyzw'[i]} = yb == 0 ? element(4 * q + ${i}) : 0.0;`)}
}
`,
  };
}

function texelOf(at: Addressing, block: BlockShape): string {
  const log = logOf(block);
  return at.blocks(
    'x',
    at.x('x', `1 + (ix >> ${log.columns}) * xDims.z + (c >> 2)`),
    at.y('x', textureRow('xDims', 'n', `(iy >> ${log.rows})`)),
    at.layer(`((iy & ${block.rows - 1}) << ${log.columns}) + (ix & ${block.columns - 1})`),
  );
}

export function flattenInts(x: BlockLayout, y: BlockLayout): number[] {
  return [...dimsOf(x), ...dimsOf(y), ...[x.c, 0, 0, y.c]];
}
