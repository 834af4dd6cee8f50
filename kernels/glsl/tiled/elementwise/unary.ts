// Functions of one tensor, element by element. Each is a program of its own, not a case in a program of all:
// SwiftShader computes every case for every fragment, which is 20 to 30 times slower. Piecewise linear functions are in
// clamp.ts.

import { type Activation, activations, isActivation } from '../../../activation.js';
import { activationHelpers, activationSource } from '../../activations.js';
import { floats } from '../../uniforms.js';
import { layersOf, type TileShape } from '../layout/layout.js';
import { placeSource } from '../layout/place.js';
import type { TileProgram } from '../program.js';
import { uniforms } from '../uniforms.js';
import { ownTexels, storeMasked } from './elementwise.js';

/** Expressions over the vec4 `x` and the parameter `p`. NaN stays NaN, which some devices' exp() loses. */
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

type Expression = keyof typeof expressions;

export type UnaryName = Activation | Expression;

export const unaryNames: readonly UnaryName[] = [...activations, ...(Object.keys(expressions) as Expression[])];

export interface UnarySpec {
  readonly name: UnaryName;
  readonly tile: TileShape;
}

/** `parameter` is the slope of `leakyrelu`, or the value of `step` up to 0. */
const unaryUniforms = uniforms({ y: 'layout', ...floats('parameter') });

export function unaryProgram({ name, tile }: UnarySpec): TileProgram<typeof unaryUniforms> {
  return {
    key: `glsl/tiled/elementwise/unary ${JSON.stringify({ name, tile })}`,
    inputs: { x: 'tiles' },
    uniforms: unaryUniforms,
    targets: layersOf(tile),
    source: (at) => `${isActivation(name) ? activationFunction(name) : expressionFunction(name)}
void main() {${placeSource('y')}
${ownTexels(at, 'x', tile)}
${storeMasked(tile, (i) => `f(x${i}, parameter)`)}
}
`,
  };
}

function activationFunction(name: Activation): string {
  return `${activationSource(name, 'f1')}
vec4 f(vec4 x, float p) {
  return vec4(f1(x.x, p), f1(x.y, p), f1(x.z, p), f1(x.w, p));
}
`;
}

function expressionFunction(name: Expression): string {
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
