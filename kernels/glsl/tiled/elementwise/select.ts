// y = condition ? a : b, element by element, of three tensors of one shape.

import type { BlockLayout, BlockShape } from '../layout/layout.js';
import { dimsOf, placeSource } from '../layout/place.js';
import type { BlockProgram } from '../program.js';
import { ownTexels, storeMasked } from './elementwise.js';

export function selectProgram(block: BlockShape): BlockProgram {
  return {
    key: `glsl/block/select ${JSON.stringify(block)}`,
    inputs: { condition: 'blocks', a: 'blocks', b: 'blocks' },
    ints: ['yDims', 'channels'],
    floats: [],
    targets: block.rows * block.columns,
    source: (at) => `
void main() {${placeSource('yDims')}
${ownTexels(at, 'condition', block)}
${ownTexels(at, 'a', block)}
${ownTexels(at, 'b', block)}
${storeMasked(block, (i) => `mix(b${i}, a${i}, notEqual(condition${i}, vec4(0.0)))`)}
}
`,
  };
}

export function selectInts(layout: BlockLayout): number[] {
  return [...dimsOf(layout), ...[0, 0, 0, layout.c]];
}
