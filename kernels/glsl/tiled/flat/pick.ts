// Parts of a tensor that indices name: a list of numbers along an axis, or coordinates. An index beyond the tensor gives
// zeros, as in TensorFlow.js's programs: a shader cannot throw.

import { ints, ivec4s } from '../../uniforms.js';
import type { TileProgram } from '../program.js';
import { uniforms } from '../uniforms.js';
import { listUniforms, mainSource, placesOf, valueSource } from './values.js';

const pickUniforms = uniforms({
  ...placesOf('x', 'indices'),
  // How many parts each coordinate moves on, and what it must stay below.
  ...ivec4s('steps', 'limits'),
  ...listUniforms,
  // Coordinates of an index, values of a part, indices of a batch, parts of x that indices choose among, and how often a
  // batch repeats its indices.
  ...ints('coordinates', 'part', 'count', 'parts', 'outer'),
});

export function flatPickProgram(): TileProgram<typeof pickUniforms> {
  return {
    key: 'glsl/tiled/flat/pick',
    inputs: { x: 'tfjs', indices: 'tfjs' },
    uniforms: pickUniforms,
    targets: 1,
    source: () => `${valueSource('x', 'indices')}
${mainSource(
  `  int line = i / part;
  int block = line / count;
  int index = (block / outer) * count + line - block * count;
  int row = 0;
  bool isInside = true;
  for (int k = 0; k < coordinates; k++) {
    int at = int(floor(indicesAt(index * coordinates + k) + 0.5));
    isInside = isInside && at >= 0 && at < limits[k];
    row += at * steps[k];
  }
  int from = (block * parts + row) * part + i - line * part;`,
  'isInside ? xAt(from) : 0.0',
)}`,
  };
}
