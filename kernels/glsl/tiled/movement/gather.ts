// y[n, oy, ox, c] = x[n + firstImage, row(oy), column(ox), c + firstChannel], or a constant where x has no such
// element: slices, padding, mirrored padding and resizes to the nearest pixel. A fragment fetches one texel for each of
// its pixels, two where channels begin in the middle of a texel, and fewer where pixels are repeated.

import { floats, ints, ivec4s } from '../../uniforms.js';
import type { Addressing } from '../layout/addressing.js';
import { layersOf, type TileLayout, type TileShape } from '../layout/layout.js';
import { columnSource, maskSource, pixelOf, placeSource, rowSource } from '../layout/place.js';
import { shiftSource } from '../layout/shift.js';
import { lines, range, type TileProgram } from '../program.js';
import { uniforms, type ValuesOf } from '../uniforms.js';
import { axisVector, floorDivideSource, type SourceAxis, sourceOfSource } from './sourceAxis.js';

export interface Gather {
  readonly rows: SourceAxis;
  readonly columns: SourceAxis;
  readonly firstImage: number;
  /** If negative, channels of the constant come first. */
  readonly firstChannel: number;
  readonly constant: number;
}

export interface GatherSpec {
  readonly x: TileShape;
  readonly y: TileShape;
  /** Whether firstChannel is a multiple of 4. */
  readonly aligned: boolean;
  /** How often each row and column of the input is repeated, where both axes are floor(i / repeat). */
  readonly repeat: 1 | 2 | 4;
}

export function gatherSpec(x: TileLayout, y: TileLayout, { rows, columns, firstChannel }: Gather): GatherSpec {
  const isRepeat = (times: number) => [rows, columns].every((axis) => repeats(axis, times));
  const repeat = isRepeat(2) ? 2 : isRepeat(4) ? 4 : 1;
  return { x: x.tile, y: y.tile, aligned: firstChannel % 4 === 0, repeat };
}

function repeats({ step, offset, divisor }: SourceAxis, times: number): boolean {
  return step === 1 && offset === 0 && divisor === times;
}

const gatherUniforms = uniforms({
  ...ivec4s('rowAxis', 'columnAxis'),
  x: 'layout',
  y: 'layout',
  ...ints('firstImage', 'firstChannel'),
  ...floats('constant'),
});

export function gatherValues(
  x: TileLayout,
  y: TileLayout,
  { rows, columns, firstImage, firstChannel, constant }: Gather,
): ValuesOf<typeof gatherUniforms> {
  return { rowAxis: axisVector(rows), columnAxis: axisVector(columns), x, y, firstImage, firstChannel, constant };
}

export function gatherProgram(spec: GatherSpec): TileProgram<typeof gatherUniforms> {
  return {
    key: `glsl/tiled/movement/gather ${JSON.stringify(spec)}`,
    inputs: { x: 'tiles' },
    uniforms: gatherUniforms,
    targets: layersOf(spec.y),
    source: (at) => source(at, spec),
  };
}

function source(at: Addressing, spec: GatherSpec): string {
  const { x, y, repeat } = spec;
  const pixels = range(layersOf(y));
  const [height, width] = [y.rows, y.columns].map((size) => range(Math.ceil(size / repeat)));
  const texelOf = (i: number) => pixelOf(i, y).map((place) => Math.floor(place / repeat));
  return `${floorDivideSource}${sourceOfSource}${spec.aligned ? '' : shiftSource}
void main() {${placeSource('y')}
  n += firstImage;
  int first = 4 * q + firstChannel;
  int quad = first >> 2;
  uvec4 channelOfX = uvec4(first + ivec4(0, 1, 2, 3)); // a negative one is a large one without its sign
${height
  .map((r) => rowSource(at, 'x', `row${r}`, `sourceOf(tileY * ${y.rows} + ${r * repeat}, rowAxis, xH)`, x))
  .join('')}
${width
  .map((c) => {
    const ix = `sourceOf(tileX * ${y.columns} + ${c * repeat}, columnAxis, xW)`;
    return columnSource(at, 'x', `column${c}`, { ix, quad: 'quad', tile: x });
  })
  .join('')}
${height.map((r) => `  int ofRow${r} = uint(row${r}I) < uint(xH) ? xC : 0;`).join('\n')}
${width.map((c) => `  int ofColumn${c} = uint(column${c}I) < uint(xW) ? xC : 0;`).join('\n')}
${height.flatMap((r) => width.map((c) => `  vec4 x${r}_${c} = ${elementSource(at, spec, r, c)};`)).join('\n')}
${pixels.map((i) => `  vec4 v${i} = x${texelOf(i).join('_')};`).join('\n')}
${maskSource('y', y, (i) => `v${i}`)}
${lines(pixels.length, (i) => `  y${i} = v${i};`)}
}
`;
}

function elementSource(at: Addressing, { aligned }: GatherSpec, r: number, c: number): string {
  const fetch = (step: string) => at.tiles('x', `column${c}X${step}`, `row${r}Y`, `row${r}Row + column${c}Column`);
  const texel = aligned ? fetch('') : `shift(${fetch('')}, ${fetch(` + ${at.step('x')}`)}, first & 3)`;
  return `mix(vec4(constant), ${texel}, lessThan(channelOfX, uvec4(min(ofRow${r}, ofColumn${c}))))`;
}
