// A tiled program: a fragment shader that reads and writes the tiled layout. Its text depends on its key alone, all
// sizes are uniforms, so that one program serves every layer of a kind.

import { nanSource } from '../nan.js';
import { type Addressing, addressing, type FetchForm } from './layout/addressing.js';
import type { TileShape } from './layout/layout.js';
import type { UniformLayout, UniformMacro } from './uniforms.js';

/** The facts about a device that kernels depend on; the same for all its programs. */
export interface TileCaps {
  readonly fetch: FetchForm;
  /** The tile of images. */
  readonly tile: TileShape;
  readonly maxTextureSize: number;
}

/**
 * `tiles` is a texture array in the tiled layout, `matrix` a 2D texture of RGBA texels, `tfjs` a texture of
 * tfjs-backend-webgl.
 */
export type InputKind = 'tiles' | 'matrix' | 'tfjs';

export interface TileProgram<U extends UniformLayout = UniformLayout> {
  /** The path of the file and the spec that the text depends on: identifies the program. */
  readonly key: string;
  readonly inputs: Readonly<Record<string, InputKind>>;
  readonly uniforms: U;
  /** Render targets, which `main` sets as y0, y1, ... */
  readonly targets: number;
  /** Functions and `void main()`; they may call those of nan.ts. */
  source(at: Addressing): string;
}

/** The whole fragment shader. */
export function fragmentSource({ key, inputs, uniforms, targets, source }: TileProgram, fetch: FetchForm): string {
  const names = Object.keys(inputs);
  const { ivec4s, vec4s, macros } = uniforms;
  const sampler = (kind: InputKind) => (kind === 'tiles' ? 'sampler2DArray' : 'sampler2D');
  return [
    '#version 300 es',
    `// ${key}`,
    ...['float', 'int', 'sampler2D', 'sampler2DArray'].map((type) => `precision highp ${type};`),
    ...names.map((name) => `uniform ${sampler(inputs[name])} ${name};`),
    ...(ivec4s > 0 ? [`uniform ivec4 ints[${ivec4s}];`] : []),
    `uniform vec4 floats[${names.length + vec4s}];`,
    ...names.map((name, i) => `#define ${texelName(name)} floats[${i}]`),
    ...macros.map((macro) => `#define ${macro.name} ${placeOf(macro, names.length)}`),
    ...range(targets).map((i) => `layout(location = ${i}) out vec4 y${i};`),
    nanSource,
    source(addressing[fetch]),
  ].join('\n');
}

/** The first vectors of floats describe the inputs' textures. */
function placeOf({ array, vector, component }: UniformMacro, inputs: number): string {
  return `${array}[${array === 'floats' ? inputs + vector : vector}]${component ? `.${component}` : ''}`;
}

/** (1/width, 1/height, width - 1, height - 1) of an input's texture. */
export function texelName(input: string): string {
  return `${input}Texel`;
}

/** 0, 1, ... count - 1. */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** `make(0)`, ... `make(count - 1)` as lines. */
export function lines(count: number, make: (i: number) => string): string {
  return range(count).map(make).join('\n');
}
