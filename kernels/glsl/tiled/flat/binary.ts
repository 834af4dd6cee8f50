// Functions of two tensors that broadcast to each other: one program for all of them. It computes every function for each
// value, which for few values takes less than the compilation of another program.

import { ints, ivec4s } from '../../uniforms.js';
import type { TileProgram } from '../program.js';
import { uniforms } from '../uniforms.js';
import { coordsSource, listUniforms, mainSource, placesOf, valueSource } from './values.js';

/** Expressions over the floats `a` and `b`, and over the ints `p` and `q` which are these. */
const expressions = {
  add: 'a + b',
  subtract: 'a - b',
  multiply: 'a * b',
  squaredDifference: '(a - b) * (a - b)',
  divide: 'keepNaN(a == b ? 1.0 : a / b, a / b)',
  maximum: 'keepNaN(keepNaN(a < b ? b : a, b), a)',
  minimum: 'keepNaN(keepNaN(a > b ? b : a, b), a)',
  floorDivide: 'q == 0 ? 0.0 : float(floorQuotient(p, q))',
  rest: 'q == 0 ? 0.0 : float(p - floorQuotient(p, q) * q)',
  equal: 'float(areNumbers && a == b)',
  notEqual: 'float(!areNumbers || a != b)',
  less: 'float(areNumbers && a < b)',
  lessEqual: 'float(areNumbers && a <= b)',
  greater: 'float(areNumbers && a > b)',
  greaterEqual: 'float(areNumbers && a >= b)',
  and: 'float(a != 0.0 && b != 0.0)',
  or: 'float(a != 0.0 || b != 0.0)',
} as const;

export type FlatBinaryName = keyof typeof expressions;

const names = Object.keys(expressions) as FlatBinaryName[];

const binaryUniforms = uniforms({
  ...placesOf('a', 'b'),
  ...ivec4s('sizes', 'aStrides', 'bStrides'),
  ...listUniforms,
  ...ints('operation'),
});

/** The value of the uniform `operation`. */
export function operationOf(name: FlatBinaryName): number {
  return names.indexOf(name);
}

export function flatBinaryProgram(): TileProgram<typeof binaryUniforms> {
  return {
    key: 'glsl/tiled/flat/binary',
    inputs: { a: 'tfjs', b: 'tfjs' },
    uniforms: binaryUniforms,
    targets: 1,
    source: () => `${valueSource('a', 'b')}${coordsSource}
// Rounded down; an integer division of GLSL cuts the fraction off.
int floorQuotient(int p, int q) {
  int quotient = p / q;
  bool isBelow = (p < 0) != (q < 0) && quotient * q != p;
  return isBelow ? quotient - 1 : quotient;
}

float f(float a, float b) {
  bool areNumbers = !isNaN(a) && !isNaN(b);
  bool isWhole = operation == ${operationOf('floorDivide')} || operation == ${operationOf('rest')};
  int p = isWhole ? int(a) : 0;
  int q = isWhole ? int(b) : 0;
  switch (operation) {
${names.map((name, i) => `    case ${i}: return ${expressions[name]};`).join('\n')}
  }
  return 0.0;
}
${mainSource('  ivec4 at = coordsOf(i, sizes);', 'f(aAt(indexOf(at, aStrides)), bAt(indexOf(at, bStrides)))')}`,
  };
}
