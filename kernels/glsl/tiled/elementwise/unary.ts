// Functions of one tensor, element by element.
//
// The piecewise linear ones are one program, whose numbers are uniforms. Of the others each is a program of its own, not a
// case in a program of all: SwiftShader computes every case for every fragment, which is 20 to 30 times slower.

import { type Activation, isActivation } from '../../../activation.js';
import { activationHelpers, activationSource } from '../../activations.js';
import type { TileLayout, TileShape } from '../layout/layout.js';
import { dimsOf, placeSource } from '../layout/place.js';
import type { TileProgram } from '../program.js';
import { ownTexels, storeMasked } from './elementwise.js';

/** y = min(x < from ? low + slope * x : x, most); NaN stays NaN. */
export interface Clamp {
  readonly from: number;
  readonly low: number;
  readonly slope: number;
  readonly most: number;
}

const LEAST = -3.4028234663852886e38; // the smallest float32

export function clampProgram(tile: TileShape): TileProgram {
  return program({
    key: `glsl/tiled/clamp ${JSON.stringify(tile)}`,
    floats: ['bounds', 'least'],
    functions: `
vec4 f(vec4 x) {
  vec4 y = mix(x, bounds.y + bounds.z * max(x, vec4(least.x)), lessThan(x, vec4(bounds.x)));
  return keepNaN(mix(y, vec4(bounds.w), greaterThan(y, vec4(bounds.w))), x);
}
`,
    value: (i) => `f(x${i})`,
    tile,
  });
}

export function clampFloats({ from, low, slope, most }: Clamp): number[] {
  const least = slope === 0 ? LEAST : Number.NEGATIVE_INFINITY; // 0 * -infinity would be no number
  return [from, low, slope, most, ...[least, 0, 0, 0]];
}

/** Over the vec4 `x` and the parameter `p`. NaN stays NaN, which not every device's exp leaves alone. */
const expressions = {
  erf: 'keepNaN(sign(x) * (1.0 - vec4(tail(x.x), tail(x.y), tail(x.z), tail(x.w))), x)',
  exp: 'keepNaN(exp(x), x)',
  neg: '-x',
  reciprocal: '1.0 / x',
  rsqrt: 'inversesqrt(x)',
  sqrt: 'sqrt(x)',
  square: 'x * x',
  step: 'keepNaN(mix(vec4(p), vec4(1.0), greaterThan(x, vec4(0.0))), x)',
} as const;

export type UnaryName = Activation | keyof typeof expressions;

export interface UnarySpec {
  readonly name: UnaryName;
  readonly tile: TileShape;
}

/** Its one vec4 of floats holds in x the slope of `leakyrelu`, or what `step` is up to 0. */
export function unaryProgram({ name, tile }: UnarySpec): TileProgram {
  return program({
    key: `glsl/tiled/unary ${JSON.stringify({ name, tile })}`,
    floats: ['parameter'],
    functions: isActivation(name) ? activationFunction(name) : expressionFunction(name),
    value: (i) => `f(x${i}, parameter.x)`,
    tile,
  });
}

function activationFunction(name: Activation): string {
  return `${activationSource(name, 'f1')}
vec4 f(vec4 x, float p) {
  return vec4(f1(x.x, p), f1(x.y, p), f1(x.z, p), f1(x.w, p));
}
`;
}

function expressionFunction(name: keyof typeof expressions): string {
  const tail = `${activationHelpers}
float tail(float x) {
  return erfTail(x * ${Math.SQRT2});
}
`;
  return `${name === 'erf' ? tail : ''}
vec4 f(vec4 x, float p) {
  return ${expressions[name]};
}
`;
}

export function unaryInts(layout: TileLayout): number[] {
  return [...dimsOf(layout), ...[0, 0, 0, layout.c]];
}

interface Text {
  readonly key: string;
  readonly floats: readonly string[];
  readonly functions: string;
  value(i: number): string;
  readonly tile: TileShape;
}

function program({ key, floats, functions, value, tile }: Text): TileProgram {
  return {
    key,
    inputs: { x: 'tiles' },
    ints: ['yDims', 'channels'],
    floats,
    targets: tile.rows * tile.columns,
    source: (at) => `${functions}
void main() {${placeSource('yDims')}
${ownTexels(at, 'x', tile)}
${storeMasked(tile, value)}
}
`,
  };
}
