// What programs share that compute each texel from those at the same place.

import type { Addressing } from '../layout/addressing.js';
import type { TileShape } from '../layout/layout.js';
import { maskSource } from '../layout/place.js';
import { lines } from '../program.js';

/** Declares `<input>0`, `<input>1`, ...: the texels of an input at the fragment's place, one of each layer. */
export function ownTexels(at: Addressing, input: string, tile: TileShape): string {
  const texel = (i: number) => at.tiles(input, `${input}X`, `${input}Y`, at.layer(`${i}`));
  return `
  ${at.type} ${input}X = ${at.x(input, 'place.x + 1')};
  ${at.type} ${input}Y = ${at.y(input, 'place.y')};
${lines(tile.rows * tile.columns, (i) => `  vec4 ${input}${i} = ${texel(i)};`)}`;
}

/** Stores `value(i)` of each layer as the output; `channels.w` is their number. */
export function storeMasked(tile: TileShape, value: (i: number) => string): string {
  const layers = tile.rows * tile.columns;
  return `
${lines(layers, (i) => `  vec4 result${i} = ${value(i)};`)}
${maskSource('yDims', 'channels.w', tile, (i) => `result${i}`)}
${lines(layers, (i) => `  y${i} = result${i};`)}`;
}
