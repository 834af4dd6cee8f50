// Where the greatest or smallest value along an axis lies: the first of equal ones. NaN is passed over, but for the very
// first value, with which nothing compares, as on the CPU.

import { floats, ints } from '../../uniforms.js';
import type { TileProgram } from '../program.js';
import { uniforms } from '../uniforms.js';
import { listUniforms, mainSource, placesOf, valueSource } from './values.js';

const argExtremeUniforms = uniforms({
  ...placesOf('x', 'found'),
  ...listUniforms,
  // Values along the axis and between its neighbours. A fragment looks at a part of `candidates` values, or at the places
  // that `found` names.
  ...ints('axisSize', 'inner', 'parts', 'partSize', 'candidates', 'isSecond'),
  // 1 for the greatest, -1 for the smallest.
  ...floats('direction'),
});

export function flatArgExtremeProgram(): TileProgram<typeof argExtremeUniforms> {
  return {
    key: 'glsl/tiled/flat/argExtreme',
    inputs: { x: 'tfjs', found: 'tfjs' },
    uniforms: argExtremeUniforms,
    targets: 1,
    source: () => `${valueSource('x', 'found')}
${mainSource(
  `  int line = i / inner;
  int along = i - line * inner;
  int outer = line / parts;
  int first = (line - outer * parts) * partSize;
  int end = min(first + partSize, candidates);
  int place = -1;
  float best = 0.0;
  for (int j = first; j < end; j++) {
    int k = isSecond != 0 ? int(foundAt((outer * candidates + j) * inner + along)) : j;
    float value = xAt((outer * axisSize + k) * inner + along);
    bool isBetter = !isNaN(value) && (isNaN(best) ? place > 0 : direction * value > direction * best);
    isBetter = place < 0 || isBetter;
    best = isBetter ? value : best;
    place = isBetter ? k : place;
  }`,
  'float(place)',
)}`,
  };
}
