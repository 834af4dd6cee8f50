// [n, h, w, c] as [n, h * w * c], for a product with a matrix, without a conversion to TensorFlow.js's layout and back.

import type { TileShape } from '../layout/layout.js';
import { placeSource } from '../layout/place.js';
import { texelOfPixel } from '../layout/toTfjs.js';
import { lines, type TileProgram } from '../program.js';
import { uniforms } from '../uniforms.js';

const flattenUniforms = uniforms({ x: 'layout', y: 'layout' });

export function flattenProgram(tile: TileShape): TileProgram<typeof flattenUniforms> {
  return {
    key: `glsl/tiled/matmul/flatten ${JSON.stringify(tile)}`,
    inputs: { x: 'tiles' },
    uniforms: flattenUniforms,
    targets: 1,
    source: (at) => `
float element(int i) {
  int place = int(gl_FragCoord.y);
  int n = place >> 1;
  int pixel = i / xC;
  int c = i - pixel * xC;
  int iy = pixel / xW;
  int ix = pixel - iy * xW;
  vec4 v = ${texelOfPixel(at, tile, 'c >> 2')};
  return i < yC ? v[c & 3] : 0.0;
}

void main() {${placeSource('y')}
${lines(4, (i) => `  y0.${'xyzw'[i]} = tileY == 0 ? element(4 * q + ${i}) : 0.0;`)}
}
`,
  };
}
