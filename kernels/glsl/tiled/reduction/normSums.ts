// The sums over all pixels that the gradients of batch normalization are made of, for each channel:
//
//   layer 0: sum of dy      layer 1: sum of dy * (x - mean) / sqrt(variance + epsilon)
//
// A fragment sums four channels over the pixels of a slice (slices.ts). dy is zero beyond its image, and x is zero, so
// that the products are zero there too.

import { floats } from '../../uniforms.js';
import { vectorTexel } from '../elementwise/normalize.js';
import type { Addressing } from '../layout/addressing.js';
import { layersOf, type TileLayout, type TileShape } from '../layout/layout.js';
import { textureRow, zeroRow } from '../layout/place.js';
import { lines, type TileProgram } from '../program.js';
import { uniforms, type ValuesOf } from '../uniforms.js';
import { type SliceSize, type Slices, sliceDeclaration, sliceSource, sliceValues } from './slices.js';

/** X = channel quad. */
export function normSumsSize({ quads }: TileLayout): SliceSize {
  return { columns: quads, rows: 1, layers: 2 };
}

const normSumsUniforms = uniforms({ x: 'layout', ...floats('epsilon'), ...sliceDeclaration });

export function normSumsValues(x: TileLayout, slices: Slices, epsilon: number): ValuesOf<typeof normSumsUniforms> {
  return { x, epsilon, ...sliceValues(slices, x) };
}

/** x and dy have one layout; mean and variance are tensors [channels]. */
export function normSumsProgram(tile: TileShape): TileProgram<typeof normSumsUniforms> {
  return {
    key: `glsl/tiled/reduction/normSums ${JSON.stringify(tile)}`,
    inputs: { x: 'tiles', dy: 'tiles', mean: 'tiles', variance: 'tiles' },
    uniforms: normSumsUniforms,
    targets: 2,
    source: (at) => source(at, tile),
  };
}

/** Sums of tiles, of rows and of all rows round less than one long sum. */
function source(at: Addressing, tile: TileShape): string {
  const layers = layersOf(tile);
  const texel = (input: string, i: number) => at.tiles(input, `${input}X`, `${input}Y`, at.layer(`${i}`));
  const row = (input: string) => `
    ${at.type} ${input}Y = ${at.y(input, `(isInside ? ${textureRow('x', 'n', 'tileY')} : ${zeroRow('x')})`)};`;
  const column = (input: string) => `
      ${at.type} ${input}X = ${at.x(input, '1 + tileX * xQuads + column')};`;
  const before = `
  vec4 centre = ${vectorTexel(at, 'mean', 'column')};
  vec4 sum = vec4(0.0), product = vec4(0.0);`;
  const body = `
    vec4 sumOfRow = vec4(0.0), productOfRow = vec4(0.0);${row('x')}${row('dy')}
    for (int tileX = 0; tileX < tileColumns; tileX++) {${column('x')}${column('dy')}
${lines(layers, (i) => `      vec4 d${i} = ${texel('dy', i)};`)}
      sumOfRow += ${sum(layers, (i) => `d${i}`)};
      productOfRow += ${sum(layers, (i) => `d${i} * (${texel('x', i)} - centre)`)};
    }
    sum += sumOfRow;
    product += productOfRow;`;
  return `
void main() {${sliceSource('x', before, body)}
  y0 = sum;
  y1 = product * inversesqrt(${vectorTexel(at, 'variance', 'column')} + epsilon);
}
`;
}

function sum(count: number, term: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => term(i)).join('\n        + ');
}
