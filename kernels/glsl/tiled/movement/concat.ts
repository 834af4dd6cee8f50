// Tensors side by side along their channels. A draw writes a range of output quads, from all inputs that lie in it, of which
// there may be `inputs`; what is outside the range is left to other draws. A fragment fetches one texel for each of its
// pixels, two from inputs that begin in the middle of a texel.

import type { Addressing } from '../layout/addressing.js';
import type { TileLayout, TileShape } from '../layout/layout.js';
import { dimsOf, placeSource } from '../layout/place.js';
import { shiftSource } from '../layout/shift.js';
import { lines, range, type TileProgram } from '../program.js';

export interface ConcatSpec {
  readonly tile: TileShape;
  readonly inputs: 2 | 4;
  /** Whether each input begins with a texel of its own. */
  readonly aligned: boolean;
}

/** One input of a draw. */
export interface Part {
  /** Which of all inputs. */
  readonly index: number;
  /** Where its channels begin in the output. */
  readonly first: number;
  readonly channels: number;
}

/** Output quads from `from` to before `to` with the parts that lie in them, four at most. */
export interface ConcatDraw {
  readonly from: number;
  readonly to: number;
  readonly parts: readonly Part[];
}

/** A quad cannot hold more than four inputs, so that every range of quads is made in one draw. */
const MOST_INPUTS = 4;

/** The draws that put inputs of so many channels side by side. */
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

export function concatInts(y: TileLayout, { from, to, parts }: ConcatDraw): number[] {
  const padded = (values: readonly number[]) => [...values, 0, 0, 0, 0].slice(0, 4);
  return [
    ...dimsOf(y),
    ...[from, to, 0, 0],
    ...padded(parts.map(({ first }) => first)),
    ...padded(parts.map(({ channels }) => channels)), // none: an input that is not there
  ];
}

export function concatProgram(spec: ConcatSpec): TileProgram {
  return {
    key: `glsl/tiled/concat ${JSON.stringify(spec)}`,
    inputs: Object.fromEntries(range(spec.inputs).map((k) => [`x${k}`, 'tiles'])),
    ints: ['yDims', 'quads', 'firsts', 'counts'],
    floats: [],
    targets: spec.tile.rows * spec.tile.columns,
    source: (at) => source(at, spec),
  };
}

// All tensors have the same height, width and blocks, so that what is no element is zero here because it is there.
function source(at: Addressing, spec: ConcatSpec): string {
  const layers = spec.tile.rows * spec.tile.columns;
  return `${spec.aligned ? '' : shiftSource}
void main() {${placeSource('yDims')}
  if (q < quads.x || q >= quads.y) discard;
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
    int first = 4 * q - firsts[${k}];
    if (first > -4 && first < counts[${k}]) {
      bvec4 isOwn = lessThan(uvec4(first + ivec4(0, 1, 2, 3)), uvec4(counts[${k}]));
      ${at.type} columnX = ${at.x(input, `1 + xb * ((counts[${k}] + 3) >> 2) + (first >> 2)`)};
${lines(tile.rows * tile.columns, (i) => `      v${i} = ${channels(i)};`)}
    }
  }`;
}
