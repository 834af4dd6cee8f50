// Updates of optimizers: variable, gradient and slots are textures of one layout, and each result is a render target.
// They may be textures of TensorFlow.js, packed or not: what lies where does not matter if it is the same for all.

import {
  type Arithmetic,
  inputsOf,
  measuresOf,
  type NormLimit,
  resultsOf,
  scalarsOf,
  type UpdateSpec,
  updated,
} from '../../../update.js';
import { floats } from '../../uniforms.js';
import type { Addressing } from '../layout/addressing.js';
import type { TileLayout } from '../layout/layout.js';
import { placeSource } from '../layout/place.js';
import type { TileProgram } from '../program.js';
import { type Uniforms, uniforms } from '../uniforms.js';

export interface UpdateTexturesSpec extends UpdateSpec {
  readonly norm: NormLimit;
  /** Textures of TensorFlow.js, or tiles of one pixel. */
  readonly form: 'tfjs' | 'tiles';
  /** The results that this draw computes: a device has few render targets. */
  readonly from: number;
  readonly count: number;
}

type UpdateUniforms = Uniforms<Readonly<Record<string, 'layout' | 'float'>>>;
export type UpdateProgram = TileProgram<UpdateUniforms>;

/** The input that holds a tensor. */
export function textureOf(name: string): string {
  return `${name}Texture`;
}

/** @param y The layout of tiles. */
export function updateValues(y: TileLayout | undefined, scalars: Readonly<Record<string, number>>) {
  return { ...(y && { y }), ...scalars };
}

const programs = new Map<string, UpdateProgram>();

export function updateProgram({ rule, isCut, norm, form, from, count }: UpdateTexturesSpec): UpdateProgram {
  const spec: UpdateTexturesSpec = { rule, isCut, norm, form, from, count };
  const key = `glsl/tiled/elementwise/update ${JSON.stringify(spec)}`;
  const known = programs.get(key) ?? makeProgram(key, spec);
  programs.set(key, known);
  return known;
}

function makeProgram(key: string, spec: UpdateTexturesSpec): UpdateProgram {
  const { form, norm, count } = spec;
  const inputs = inputsOf(spec).map((name) => [textureOf(name), form] as const);
  const numbers = [...measuresOf(spec), ...(norm === 'none' ? [] : ['squares'])];
  return {
    key,
    inputs: Object.fromEntries([...inputs, ...numbers.map((name) => [textureOf(name), 'tfjs'] as const)]),
    uniforms: uniforms<Readonly<Record<string, 'layout' | 'float'>>>({
      ...(form === 'tiles' && { y: 'layout' }),
      ...floats(...usedScalars(spec)),
    }),
    targets: count,
    source: (at) => source(at, spec),
  };
}

// Comparisons of NaN are not defined in GLSL.
const functions = `
vec4 greatest(vec4 a, vec4 b) {
  return keepNaN(keepNaN(max(a, b), b), a);
}

vec4 least(vec4 a, vec4 b) {
  return keepNaN(keepNaN(min(a, b), b), a);
}

vec4 powerOf(vec4 a, vec4 exponent) {
  vec4 none = vec4(equal(exponent, vec4(0.0))); // 0^0 is 1, which pow() does not say
  return keepNaN(mix(pow(a, exponent), none, equal(a, vec4(0.0))), a);
}
`;

/** Each value in a variable: a rule may use it more than once. */
function statements(): { readonly lines: string[]; readonly m: Arithmetic<string> } {
  const lines: string[] = [];
  const kept = (value: string) => {
    lines.push(`  vec4 t${lines.length} = ${value};`);
    return `t${lines.length - 1}`;
  };
  const m: Arithmetic<string> = {
    add: (a, b) => kept(`${a} + ${b}`),
    sub: (a, b) => kept(`${a} - ${b}`),
    mul: (a, b) => kept(`${a} * ${b}`),
    div: (a, b) => kept(`${a} / ${b}`),
    max: (a, b) => kept(`greatest(vec4(${a}), vec4(${b}))`),
    min: (a, b) => kept(`least(vec4(${a}), vec4(${b}))`),
    abs: (a) => kept(`abs(${a})`),
    sqrt: (a) => kept(`sqrt(${a})`),
    pow: (a, power) => kept(`powerOf(vec4(${a}), vec4(${power}))`),
    sign: (a) => kept(`keepNaN(sign(${a}), ${a})`),
  };
  return { lines, m };
}

/** The statements of the rule, and the names of what they compute. */
function stepOf(spec: UpdateTexturesSpec) {
  const { lines, m } = statements();
  const own = [...inputsOf(spec), ...measuresOf(spec), ...scalarsOf(spec)].map((name) => [name, name] as const);
  const factor = spec.norm === 'none' ? 'factor' : 'limitedFactor';
  return { lines, results: updated(m, spec, { ...Object.fromEntries(own), factor }) };
}

/** Those that the text reads: a rule may have some for its variants. */
function usedScalars(spec: UpdateTexturesSpec): string[] {
  const text = [...stepOf(spec).lines, spec.norm === 'none' ? '' : lengthSource(spec.norm)].join('\n');
  return [...scalarsOf(spec), 'clipnorm'].filter((name) => new RegExp(`\\b${name}\\b`).test(text));
}

function source(at: Addressing, spec: UpdateTexturesSpec): string {
  const { form, norm, from, count } = spec;
  const names = inputsOf(spec);
  const { lines, results } = stepOf(spec);
  const values = resultsOf(spec).slice(from, from + count);
  const fetch = (name: string) => {
    const input = textureOf(name);
    const [x, y] = [at.x(input, 'texel.x'), at.y(input, 'texel.y')];
    return form === 'tiles' ? at.tiles(input, x, y, at.layer('0')) : at.matrix(input, x, y);
  };
  return `${functions}
void main() {
  ivec2 texel = ivec2(gl_FragCoord.xy);
${norm === 'none' ? '' : lengthSource(norm)}
${measuresOf(spec)
  .map((name) => `  vec4 ${name} = vec4(${fetchOf(name)});`)
  .join('\n')}
${names.map((name) => `  vec4 ${name} = ${fetch(name)};`).join('\n')}
${lines.join('\n')}
${form === 'tiles' ? tilesSource : ''}
${values.map((name, i) => `  y${i} = ${form === 'tiles' ? `mix(vec4(0.0), ${results[name]}, isValue)` : results[name]};`).join('\n')}
}
`;
}

/** A tensor of one value. */
function fetchOf(name: string): string {
  return `texelFetch(${textureOf(name)}, ivec2(0), 0).r`;
}

/** As `lengthScale` of kernels/update.ts. */
function lengthSource(norm: NormLimit): string {
  return `  float squares = ${fetchOf('squares')};
  float len = sqrt(squares) * abs(factor);
  float limitedFactor = factor * keepNaN(clipnorm / max(len, clipnorm), len)${norm === 'all' ? ' + factor * (len - len)' : ''};`;
}

/** What holds no value stays zero. */
const tilesSource = `${placeSource('y')}
  bvec4 isValue = lessThan(4 * q + ivec4(0, 1, 2, 3), ivec4(tileY < yTileRows && tileX == 0 ? yC : 0));`;
