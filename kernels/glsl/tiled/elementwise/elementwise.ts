// What programs share that compute each texel from those at the same place.

import type { Addressing } from '../layout/addressing.js';
import type { BlockShape } from '../layout/layout.js';
import { maskSource } from '../layout/place.js';
import { lines } from '../program.js';

/** Declares `<input>0`, `<input>1`, ...: the texels of an input at the fragment's place, one of each layer. */
export function ownTexels(at: Addressing, input: string, block: BlockShape): string {
  const texel = (i: number) => at.blocks(input, `${input}X`, `${input}Y`, at.layer(`${i}`));
  return `
  ${at.type} ${input}X = ${at.x(input, 'place.x + 1')};
  ${at.type} ${input}Y = ${at.y(input, 'place.y')};
${lines(block.rows * block.columns, (i) => `  vec4 ${input}${i} = ${texel(i)};`)}`;
}

/** Stores `value(i)` of each layer as the output; `channels.w` is their number. */
export function storeMasked(block: BlockShape, value: (i: number) => string): string {
  const layers = block.rows * block.columns;
  return `
${lines(layers, (i) => `  vec4 result${i} = ${value(i)};`)}
${maskSource('yDims', 'channels.w', block, (i) => `result${i}`)}
${lines(layers, (i) => `  y${i} = result${i};`)}`;
}
