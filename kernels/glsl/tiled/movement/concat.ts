// Concatenation along channels. A draw writes a range of output quads from all inputs that lie in it, `inputs` of them
// at most, and leaves quads outside the range to other draws. A fragment fetches one texel for each of its pixels, two
// from inputs that begin in the middle of a texel.

import { ints, ivec4s } from '../../uniforms.js';
import type { Addressing } from '../layout/addressing.js';
import { layersOf, type TileLayout, type TileShape } from '../layout/layout.js';
import { placeSource } from '../layout/place.js';
import { shiftSource } from '../layout/shift.js';
import { lines, range, type TileProgram } from '../program.js';
import { uniforms, type ValuesOf } from '../uniforms.js';

export interface ConcatSpec {
  readonly tile: TileShape;
  readonly inputs: 2 | 4;
  /** Whether each input begins at the beginning of a texel. */
  readonly aligned: boolean;
}

/** One input of a draw. */
export interface Part {
  /** The number of the input among all. */
  readonly index: number;
  /** Where its channels begin in the output. */
  readonly first: number;
  readonly channels: number;
}

/** The output quads from `from` up to `to`, without it, and the inputs that lie in them, four at most. */
export interface ConcatDraw {
  readonly from: number;
  readonly to: number;
  readonly parts: readonly Part[];
}

/** A quad cannot hold more than four inputs, so every quad can be written in one draw. */
const MOST_INPUTS = 4;

/** The draws that concatenate inputs with these numbers of channels. */
export function planConcat(channels: readonly number[]): ConcatDraw[] {
  let first = 0;
  const parts = channels.map((count, index): Part => {
    const part = { index, first, channels: count };
    first += count;
    return part;
  });
  const quads = Math.ceil(first / 4);
  const inRange = (from: number, to: number) => {
    return parts.filter((part) => part.first < 4 * to && part.first + part.channels > 4 * from);
  };
  const draws: ConcatDraw[] = [];
  for (let from = 0; from < quads; ) {
    let to = from + 1;
    while (to < quads && inRange(from, to + 1).length <= MOST_INPUTS) to++;
    draws.push({ from, to, parts: inRange(from, to) });
    from = to;
  }
  return draws;
}

export function concatSpec({ tile }: TileLayout, { parts }: ConcatDraw): ConcatSpec {
  return { tile, inputs: parts.length <= 2 ? 2 : 4, aligned: parts.every(({ first }) => first % 4 === 0) };
}

const concatUniforms = uniforms({
  // For each input, where its channels begin in the output, and how many there are; none if there is no such input.
  ...ivec4s('firstChannels', 'channelCounts'),
  y: 'layout',
  ...ints('firstQuad', 'endQuad'),
});

export function concatValues(y: TileLayout, { from, to, parts }: ConcatDraw): ValuesOf<typeof concatUniforms> {
  const of = (key: 'first' | 'channels', k: number) => parts[k]?.[key] ?? 0;
  return {
    firstChannels: [of('first', 0), of('first', 1), of('first', 2), of('first', 3)],
    channelCounts: [of('channels', 0), of('channels', 1), of('channels', 2), of('channels', 3)],
    ...{ y, firstQuad: from, endQuad: to },
  };
}

export function concatProgram(spec: ConcatSpec): TileProgram<typeof concatUniforms> {
  return {
    key: `glsl/tiled/movement/concat ${JSON.stringify(spec)}`,
    inputs: Object.fromEntries(range(spec.inputs).map((k) => [`x${k}`, 'tiles'])),
    uniforms: concatUniforms,
    targets: layersOf(spec.tile),
    source: (at) => source(at, spec),
  };
}

// All tensors have the same height, width and tile, so texels beyond the image are zero in y as they are in the inputs.
function source(at: Addressing, spec: ConcatSpec): string {
  const layers = layersOf(spec.tile);
  return `${spec.aligned ? '' : shiftSource}
void main() {${placeSource('y')}
  if (q < firstQuad || q >= endQuad) discard;
  ${at.type} rowY = ${at.y('x0', 'place.y')};
${lines(layers, (i) => `  vec4 v${i} = vec4(0.0);`)}
${lines(spec.inputs, (k) => partSource(at, spec, k))}
${lines(layers, (i) => `  y${i} = v${i};`)}
}
`;
}

function partSource(at: Addressing, { tile, aligned }: ConcatSpec, k: number): string {
  const input = `x${k}`;
  const fetch = (i: number, step: string) => at.tiles(input, `columnX${step}`, 'rowY', at.layer(`${i}`));
  const channels = (i: number) => {
    if (aligned) return fetch(i, '');
    return `mix(v${i}, shift(${fetch(i, '')}, ${fetch(i, ` + ${at.step(input)}`)}, first & 3), isOwn)`;
  };
  return `  {
    int first = 4 * q - firstChannels[${k}];
    if (first > -4 && first < channelCounts[${k}]) {
      bvec4 isOwn = lessThan(uvec4(first + ivec4(0, 1, 2, 3)), uvec4(channelCounts[${k}]));
      ${at.type} columnX = ${at.x(input, `1 + tileX * ((channelCounts[${k}] + 3) >> 2) + (first >> 2)`)};
${lines(layersOf(tile), (i) => `      v${i} = ${channels(i)};`)}
    }
  }`;
}
