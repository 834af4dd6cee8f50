// y[n, oy, ox, c] = x[n + firstImage, row(oy), column(ox), c + firstChannel], or a constant where that is no element of x:
// slices, frames, mirrors and the nearest pixels of a resize. A fragment fetches one texel for each of its pixels, two where
// channels begin in the middle of a texel, and fewer where pixels are repeated.

import type { Addressing } from '../layout/addressing.js';
import type { TileLayout, TileShape } from '../layout/layout.js';
import { columnSource, dimsOf, maskSource, pixelOf, placeSource, rowSource } from '../layout/place.js';
import { shiftSource } from '../layout/shift.js';
import { lines, range, type TileProgram } from '../program.js';
import { floorDivideSource, type Side, sideInts, sourceOfSource } from './sourceAxis.js';

export interface Gather {
  readonly rows: Side;
  readonly columns: Side;
  readonly firstImage: number;
  /** Negative: channels of the constant come first. */
  readonly firstChannel: number;
  readonly constant: number;
}

export interface GatherSpec {
  readonly x: TileShape;
  readonly y: TileShape;
  /** Whether firstChannel is a multiple of 4. */
  readonly aligned: boolean;
  /** Rows, and columns, that are one of the input's, where both sides are floor(i / repeat). */
  readonly repeat: 1 | 2 | 4;
}

export function gatherSpec(x: TileLayout, y: TileLayout, { rows, columns, firstChannel }: Gather): GatherSpec {
  const isRepeat = (times: number) => [rows, columns].every((side) => repeats(side, times));
  const repeat = isRepeat(2) ? 2 : isRepeat(4) ? 4 : 1;
  return { x: x.tile, y: y.tile, aligned: firstChannel % 4 === 0, repeat };
}

function repeats({ step, offset, divisor }: Side, times: number): boolean {
  return step === 1 && offset === 0 && divisor === times;
}

export function gatherUniforms(x: TileLayout, y: TileLayout, gather: Gather) {
  const { rows, columns, firstImage, firstChannel, constant } = gather;
  return {
    ints: [
      ...dimsOf(x),
      ...dimsOf(y),
      ...sideInts(rows),
      ...sideInts(columns),
      ...[firstImage, firstChannel, x.c, y.c],
    ],
    floats: [constant, 0, 0, 0],
  };
}

export function gatherProgram(spec: GatherSpec): TileProgram {
  return {
    key: `glsl/tiled/gather ${JSON.stringify(spec)}`,
    inputs: { x: 'tiles' },
    ints: ['xDims', 'yDims', 'rows', 'columns', 'channels'],
    floats: ['elsewhere'],
    targets: spec.y.rows * spec.y.columns,
    source: (at) => source(at, spec),
  };
}

function source(at: Addressing, spec: GatherSpec): string {
  const { x, y, repeat } = spec;
  const pixels = range(y.rows * y.columns);
  const [height, width] = [y.rows, y.columns].map((size) => range(Math.ceil(size / repeat)));
  const texelOf = (i: number) => pixelOf(i, y).map((place) => Math.floor(place / repeat));
  return `${floorDivideSource}${sourceOfSource}${spec.aligned ? '' : shiftSource}
void main() {${placeSource('yDims')}
  n += channels.x;
  int firstChannel = 4 * q + channels.y;
  int quad = firstChannel >> 2;
  uvec4 channelOfX = uvec4(firstChannel + ivec4(0, 1, 2, 3)); // before the first: a large one
${height
  .map((r) => rowSource(at, 'x', `row${r}`, `sourceOf(yb * ${y.rows} + ${r * repeat}, rows, xDims.x)`, x))
  .join('')}
${width
  .map((c) => {
    const ix = `sourceOf(xb * ${y.columns} + ${c * repeat}, columns, xDims.y)`;
    return columnSource(at, 'x', `column${c}`, { ix, quad: 'quad', tile: x });
  })
  .join('')}
${height.map((r) => `  int ofRow${r} = uint(row${r}I) < uint(xDims.x) ? channels.z : 0;`).join('\n')}
${width.map((c) => `  int ofColumn${c} = uint(column${c}I) < uint(xDims.y) ? channels.z : 0;`).join('\n')}
${height.flatMap((r) => width.map((c) => `  vec4 x${r}_${c} = ${elementSource(at, spec, r, c)};`)).join('\n')}
${pixels.map((i) => `  vec4 v${i} = x${texelOf(i).join('_')};`).join('\n')}
${maskSource('yDims', 'channels.w', y, (i) => `v${i}`)}
${lines(pixels.length, (i) => `  y${i} = v${i};`)}
}
`;
}

function elementSource(at: Addressing, { aligned }: GatherSpec, r: number, c: number): string {
  const fetch = (step: string) => at.tiles('x', `column${c}X${step}`, `row${r}Y`, `row${r}Row + column${c}Column`);
  const texel = aligned ? fetch('') : `shift(${fetch('')}, ${fetch(` + ${at.step('x')}`)}, firstChannel & 3)`;
  return `mix(vec4(elsewhere.x), ${texel}, lessThan(channelOfX, uvec4(min(ofRow${r}, ofColumn${c}))))`;
}
