// y = clamp(conv(x, w) + bias) for a 1x1 filter with stride 1 and no padding: a pixel of y reads the same pixel of x, so all
// pixels of a tile share the address and differ in a layer that is known when the text is written. Also a dense layer, where
// a vector is a tile of one pixel. Fetches for each multiply-add, eight pixels: 0.094.

import type { Conv } from '../../../conv.js';
import type { Addressing } from '../layout/addressing.js';
import type { TileLayout, TileShape } from '../layout/layout.js';
import { betweenImagesSource, dimsOf, placeSource } from '../layout/place.js';
import { lines, type TileProgram } from '../program.js';
import { clampSource, type EpilogueSpec, epilogueInputs, epilogueSource } from './epilogue.js';
import { weightMatrix } from './products.js';

export interface PointwiseSpec extends EpilogueSpec {
  readonly tile: TileShape;
}

export function isPointwise({
  kH,
  kW,
  strideH,
  strideW,
  groups,
  inH,
  inW,
  outH,
  outW,
  padTop,
  padLeft,
}: Conv): boolean {
  const isPlain = kH * kW * strideH * strideW * groups === 1;
  return isPlain && padTop === 0 && padLeft === 0 && inH === outH && inW === outW;
}

export function pointwiseInts(conv: Conv, x: TileLayout, y: TileLayout): number[] {
  return [...dimsOf(y), x.quads, 0, 0, conv.outC];
}

export function pointwiseProgram(spec: PointwiseSpec): TileProgram {
  return {
    key: `glsl/tiled/pointwise ${JSON.stringify(spec)}`,
    inputs: { x: 'tiles', w: 'matrix', ...epilogueInputs(spec) },
    ints: ['yDims', 'channels'],
    floats: ['clampTo'],
    targets: spec.tile.rows * spec.tile.columns,
    source: (at) => source(at, spec),
  };
}

function source(at: Addressing, spec: PointwiseSpec): string {
  const layers = spec.tile.rows * spec.tile.columns;
  return `${clampSource}
void main() {${placeSource('yDims')}${betweenImagesSource('yDims', spec.tile)}
  ${at.type} xX = ${at.x('x', '1 + xb * channels.x')};
  ${at.type} xY = ${at.y('x', 'place.y')};
  ${at.type} wY = ${at.y('w', 'q')};
${lines(layers, (i) => `  vec4 acc${i} = vec4(0.0);`)}
  for (int j = 0; j < channels.x; j++) {
    ${at.type} xQ = xX + ${at.type}(j) * ${at.step('x')};
${lines(4, (i) => `    vec4 w${i} = ${at.matrix('w', at.x('w', `4 * j + ${i}`), 'wY')};`)}
    mat4 w = ${weightMatrix(4)};
${lines(layers, (i) => `    acc${i} += w * ${at.tiles('x', 'xQ', 'xY', at.layer(`${i}`))};`)}
  }
${epilogueSource(at, spec, spec.tile)}
}
`;
}
