// y = clamp(conv(x, w) + bias) for a 1x1 filter with stride 1 and no padding. A pixel of y reads the same pixel of x,
// so the pixels of a tile share an address and differ in the layer, which is known when the text is written. A vector,
// which is a tile of one pixel, is multiplied the same way. Fetches for each multiply-add, eight pixels: 0.094.

import type { Conv } from '../../../conv.js';
import { ints } from '../../uniforms.js';
import { type Addressing, columnsOfQuad } from '../layout/addressing.js';
import { layersOf, type TileLayout, type TileShape } from '../layout/layout.js';
import { betweenImagesSource, placeSource } from '../layout/place.js';
import { lines, type TileProgram } from '../program.js';
import { uniforms } from '../uniforms.js';
import { clampDeclaration, clampSource, type EpilogueSpec, epilogueInputs, epilogueSource } from './clampEpilogue.js';
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

export const pointwiseSizes = uniforms({ y: 'layout', ...ints('inQuads') });

const pointwiseUniforms = uniforms({ ...pointwiseSizes.declaration, ...clampDeclaration });

export function pointwiseSizesOf(x: TileLayout, y: TileLayout) {
  return pointwiseSizes.pack({ y, inQuads: x.quads });
}

export function pointwiseProgram(spec: PointwiseSpec): TileProgram<typeof pointwiseUniforms> {
  return {
    key: `glsl/tiled/conv/pointwise ${JSON.stringify(spec)}`,
    inputs: { x: 'tiles', w: 'matrix', ...epilogueInputs(spec) },
    uniforms: pointwiseUniforms,
    targets: layersOf(spec.tile),
    source: (at) => source(at, spec),
  };
}

function source(at: Addressing, spec: PointwiseSpec): string {
  const layers = layersOf(spec.tile);
  return `${clampSource}
void main() {${placeSource('y')}${betweenImagesSource('y', spec.tile)}
  ${at.type} xX = ${at.x('x', '1 + tileX * inQuads')};
  ${at.type} xY = ${at.y('x', 'place.y')};
  ${at.type} wY = ${at.y('w', 'q')};
${lines(layers, (i) => `  vec4 acc${i} = vec4(0.0);`)}
  for (int j = 0; j < inQuads; j++) {
    ${at.type} xQ = xX + ${at.type}(j) * ${at.step('x')};
    ${columnsOfQuad(at, 'w', 'j', 4)}
${lines(4, (i) => `    vec4 w${i} = ${at.matrix('w', `wX${i}`, 'wY')};`)}
    mat4 w = ${weightMatrix(4)};
${lines(layers, (i) => `    acc${i} += w * ${at.tiles('x', 'xQ', 'xY', at.layer(`${i}`))};`)}
  }
${epilogueSource(at, spec, spec.tile)}
}
`;
}
