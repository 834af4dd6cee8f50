// u = G g GT of every filter (outputTiles.ts), from the matrix that the plain convolution multiplies by (convPacking).

import type { Conv } from '../../../conv.js';
import { float } from '../../untiled/kernel.js';
import type { Addressing } from '../layout/addressing.js';
import { lines, range, type TileProgram } from '../program.js';
import { uniforms } from '../uniforms.js';
import { a, b, PLACES, REACH } from './outputTiles.js';

export function winogradFilterSize({ inC, outC }: Conv): { readonly width: number; readonly height: number } {
  return { width: Math.ceil(inC / 4) * 4, height: Math.ceil(outC / 4) * PLACES };
}

const filterUniforms = uniforms({});

export function winogradFilterProgram(): TileProgram<typeof filterUniforms> {
  return {
    key: 'glsl/tiled/winograd/filter',
    inputs: { w: 'matrix' },
    uniforms: filterUniforms,
    targets: 1,
    source,
  };
}

/** G */
const rows = [
  [1, 0, 0],
  [-2 / 3, (-2 / 3) * a, -1 / 3],
  [-2 / 3, (2 / 3) * a, -1 / 3],
  [1 / 6, b / 6, 1 / 3],
  [1 / 6, -b / 6, 1 / 3],
  [0, 0, 1],
];

function source(at: Addressing): string {
  const row = (i: number) => `vec3(${rows[i].map(float).join(', ')})`;
  const tap = (ky: number, kx: number) => at.matrix('w', 'wX', at.y('w', `first + ${3 * ky + kx}`));
  const rowSum = (ky: number) => range(3).map((kx) => `right.${'xyz'[kx]} * ${tap(ky, kx)}`);
  return `
vec3 rowOf(int i) {
  return ${range(REACH - 1)
    .map((i) => `i == ${i} ? ${row(i)} : `)
    .join('')}${row(REACH - 1)};
}

void main() {
  ivec2 place = ivec2(gl_FragCoord.xy);
  int q = place.y / ${PLACES};
  int p = place.y - q * ${PLACES};
  int i = p / ${REACH};
  vec3 left = rowOf(i);
  vec3 right = rowOf(p - i * ${REACH});
  int first = q * 9;
  ${at.type} wX = ${at.x('w', 'place.x')};
${lines(3, (ky) => `  vec4 sum${ky} = ${rowSum(ky).join(' + ')};`)}
  y0 = left.x * sum0 + left.y * sum1 + left.z * sum2;
}
`;
}
