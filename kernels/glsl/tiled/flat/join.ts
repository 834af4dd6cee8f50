// Up to four tensors one after the other along an axis.

import { ints, ivec4s } from '../../uniforms.js';
import type { TileProgram } from '../program.js';
import { uniforms } from '../uniforms.js';
import { listUniforms, mainSource, placesOf, valueSource } from './values.js';

const joinUniforms = uniforms({
  ...placesOf('x0', 'x1', 'x2', 'x3'),
  // Where along the axis each tensor ends; what is missing has no length.
  ...ivec4s('ends'),
  ...listUniforms,
  // Values between neighbours along the axis.
  ...ints('inner'),
});

export function flatJoinProgram(): TileProgram<typeof joinUniforms> {
  return {
    key: 'glsl/tiled/flat/join',
    inputs: { x0: 'tfjs', x1: 'tfjs', x2: 'tfjs', x3: 'tfjs' },
    uniforms: joinUniforms,
    targets: 1,
    source: () => `${valueSource('x0', 'x1', 'x2', 'x3')}
${mainSource(
  `  int line = i / inner;
  int outer = line / ends.w;
  int at = line - outer * ends.w;
  int begin = at < ends.x ? 0 : at < ends.y ? ends.x : at < ends.z ? ends.y : ends.z;
  int end = at < ends.x ? ends.x : at < ends.y ? ends.y : at < ends.z ? ends.z : ends.w;
  int from = (outer * (end - begin) + at - begin) * inner + i - line * inner;`,
  'at < ends.x ? x0At(from) : at < ends.y ? x1At(from) : at < ends.z ? x2At(from) : x3At(from)',
)}`,
  };
}
