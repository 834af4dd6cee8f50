// What a shader on the tiled layout consists of. Its text depends on its key alone; all sizes are uniforms, held in two
// arrays (one of ivec4, one of vec4) so that a draw sets them with two calls.

import { nanSource } from '../nan.js';
import { type Addressing, addressing, type FetchForm } from './layout/addressing.js';
import type { TileShape } from './layout/layout.js';

/** What kernels may rest on; the same for all programs of a device. */
export interface TileCaps {
  readonly fetch: FetchForm;
  /** The tile of images. */
  readonly tile: TileShape;
  readonly maxTextureSize: number;
}

/** `blocks` is a texture array in the tiled layout, `matrix` a 2D texture of RGBA texels, `host` one of TensorFlow.js's. */
export type InputKind = 'tiles' | 'matrix' | 'tfjs';

export interface TileProgram {
  /** The kernel's path and the spec that the text depends on: identifies the program. */
  readonly key: string;
  readonly inputs: Readonly<Record<string, InputKind>>;
  /** Names of ivec4 uniforms. */
  readonly ints: readonly string[];
  /** Names of vec4 uniforms, besides the `<input>Texel` of each input. */
  readonly floats: readonly string[];
  /** Render targets, which `main` sets as y0, y1, ... */
  readonly targets: number;
  /** Functions and `void main()`; they may call those of nan.ts. */
  source(at: Addressing): string;
}

/** The whole fragment shader. */
export function fragmentSource({ key, inputs, ints, floats, targets, source }: TileProgram, fetch: FetchForm): string {
  const names = Object.keys(inputs);
  const vectors = [...names.map(texelName), ...floats];
  const sampler = (kind: InputKind) => (kind === 'tiles' ? 'sampler2DArray' : 'sampler2D');
  return [
    '#version 300 es',
    `// ${key}`,
    ...['float', 'int', 'sampler2D', 'sampler2DArray'].map((type) => `precision highp ${type};`),
    ...names.map((name) => `uniform ${sampler(inputs[name])} ${name};`),
    ...(ints.length > 0 ? [`uniform ivec4 ints[${ints.length}];`] : []),
    ...(vectors.length > 0 ? [`uniform vec4 floats[${vectors.length}];`] : []),
    ...ints.map((name, i) => `#define ${name} ints[${i}]`),
    ...vectors.map((name, i) => `#define ${name} floats[${i}]`),
    ...range(targets).map((i) => `layout(location = ${i}) out vec4 y${i};`),
    nanSource,
    source(addressing[fetch]),
  ].join('\n');
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
