// Values in another order: slices, transposed tensors, tiles of a repeated tensor, reversed axes.

import { ints, ivec4s } from '../../uniforms.js';
import type { TileProgram } from '../program.js';
import { uniforms } from '../uniforms.js';
import { coordsSource, listUniforms, mainSource, placesOf, valueSource } from './values.js';

const moveUniforms = uniforms({
  ...placesOf('x'),
  ...ivec4s('sizes', 'strides'),
  ...listUniforms,
  // The value of x that comes first.
  ...ints('first'),
});

export function flatMoveProgram(): TileProgram<typeof moveUniforms> {
  return {
    key: 'glsl/tiled/flat/move',
    inputs: { x: 'tfjs' },
    uniforms: moveUniforms,
    targets: 1,
    source: () => `${valueSource('x')}${coordsSource}
${mainSource('', 'xAt(first + indexOf(coordsOf(i, sizes), strides))')}`,
  };
}
