// [n, h, w, c] as [n, h * w * c] without the way over TensorFlow.js's layout: what goes into a product with a matrix.

import type { Addressing } from '../layout/addressing.js';
import type { TileLayout, TileShape } from '../layout/layout.js';
import { dimsOf, logOf, placeSource, textureRow } from '../layout/place.js';
import { lines, type TileProgram } from '../program.js';

export function flattenProgram(tile: TileShape): TileProgram {
  return {
    key: `glsl/tiled/flatten ${JSON.stringify(tile)}`,
    inputs: { x: 'tiles' },
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
  vec4 v = ${texelOf(at, tile)};
  return i < channels.w ? v[c & 3] : 0.0;
}

void main() {${placeSource('yDims')}
${lines(4, (i) => `  y0.${'xyzw'[i]} = yb == 0 ? element(4 * q + ${i}) : 0.0;`)}
}
`,
  };
}

function texelOf(at: Addressing, tile: TileShape): string {
  const log = logOf(tile);
  return at.tiles(
    'x',
    at.x('x', `1 + (ix >> ${log.columns}) * xDims.z + (c >> 2)`),
    at.y('x', textureRow('xDims', 'n', `(iy >> ${log.rows})`)),
    at.layer(`((iy & ${tile.rows - 1}) << ${log.columns}) + (ix & ${tile.columns - 1})`),
  );
}

export function flattenInts(x: TileLayout, y: TileLayout): number[] {
  return [...dimsOf(x), ...dimsOf(y), ...[x.c, 0, 0, y.c]];
}
