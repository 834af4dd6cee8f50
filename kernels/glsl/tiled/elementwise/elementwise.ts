// Text that programs share which compute each texel from the texels at the same place.

import type { Addressing } from '../layout/addressing.js';
import { layersOf, type TileShape } from '../layout/layout.js';
import { maskSource } from '../layout/place.js';
import { lines } from '../program.js';

/** Declares `<input>0`, `<input>1`, ...: the texels of an input at the fragment's place, one for each layer. */
export function ownTexels(at: Addressing, input: string, tile: TileShape): string {
  const texel = (i: number) => at.tiles(input, `${input}X`, `${input}Y`, at.layer(`${i}`));
  return `
  ${at.type} ${input}X = ${at.x(input, 'place.x + 1')};
  ${at.type} ${input}Y = ${at.y(input, 'place.y')};
${lines(layersOf(tile), (i) => `  vec4 ${input}${i} = ${texel(i)};`)}`;
}

/** Stores `value(i)` of each layer as the output, in the layout `y`. */
export function storeMasked(tile: TileShape, value: (i: number) => string): string {
  const layers = layersOf(tile);
  return `
${lines(layers, (i) => `  vec4 result${i} = ${value(i)};`)}
${maskSource('y', tile, (i) => `result${i}`)}
${lines(layers, (i) => `  y${i} = result${i};`)}`;
}
