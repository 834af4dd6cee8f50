// How the uniforms of a tiled program reach it: packed into two arrays, one of ivec4 and one of vec4, so that a draw
// sets all of them with two calls. The text knows each by its name, as a macro: a local variable would not reach the
// functions beside main(), and a uniform for each name would take a call for each.
//
// A uniform `x: 'layout'` stands for six ints, which the text knows as xH, xW, xC, xQuads, xTileRows and xImageRows.

import type { Declaration, LayoutSizes, UniformType, UniformTypes, UniformValues } from '../uniforms.js';

/** The types that can be packed. */
export type TiledDeclaration = Declaration<Exclude<UniformType, 'ivec2'>>;

/** The arrays that a draw hands to the device. */
export interface PackedUniforms {
  readonly ints: Int32Array;
  readonly floats: Float32Array;
}

declare const packedFrom: unique symbol;

/** Uniforms that were packed by a declaration, and fit no program of another one. */
export interface Packed<D extends TiledDeclaration> extends PackedUniforms {
  readonly [packedFrom]?: (declaration: D) => D;
}

/** How many vectors a program's uniforms take, and where each name is. */
export interface UniformLayout {
  readonly ivec4s: number;
  readonly vec4s: number;
  readonly macros: readonly UniformMacro[];
}

export interface UniformMacro {
  readonly name: string;
  readonly array: 'ints' | 'floats';
  readonly vector: number;
  /** None: the whole vector. */
  readonly component?: 'x' | 'y' | 'z' | 'w';
}

export interface Uniforms<D extends TiledDeclaration> extends UniformLayout {
  readonly declaration: D;
  pack(values: UniformValues<D>): Packed<D>;
}

export type ValuesOf<U extends UniformLayout> = U extends Uniforms<infer D> ? UniformValues<D> : never;

const suffixes = ['H', 'W', 'C', 'Quads', 'TileRows', 'ImageRows'] as const;

interface Slot {
  readonly name: string;
  readonly type: TiledDeclaration[string];
  /** Its first number, within ints or floats. */
  readonly at: number;
}

/** Works out the places of all uniforms, once for each declaration. */
export function uniforms<const D extends TiledDeclaration>(declaration: D): Uniforms<D> {
  const { slots, end } = slotsOf(declaration);
  const [ivec4s, vec4s] = [Math.ceil(end.ints / 4), Math.ceil(end.floats / 4)];
  const ofType = (type: TiledDeclaration[string]) => slots.filter((slot) => slot.type === type);
  const [layouts, vectors, ints, floats] = [ofType('layout'), ofType('ivec4'), ofType('int'), ofType('float')];
  return {
    declaration,
    ivec4s,
    vec4s,
    macros: slots.flatMap(macrosOf),
    pack(values) {
      const packed = { ints: new Int32Array(4 * ivec4s), floats: new Float32Array(4 * vec4s) };
      for (const { name, at } of layouts) writeLayout(packed.ints, at, values[name] as LayoutSizes);
      for (const { name, at } of vectors) packed.ints.set(values[name] as UniformTypes['ivec4'], at);
      for (const { name, at } of ints) packed.ints[at] = values[name] as number;
      for (const { name, at } of floats) packed.floats[at] = values[name] as number;
      return packed;
    },
  };
}

function slotsOf(declaration: TiledDeclaration) {
  const slots: Slot[] = [];
  const end = { ints: 0, floats: 0 };
  for (const [name, type] of Object.entries(declaration)) {
    const array = arrayOf(type);
    const at = type === 'ivec4' ? Math.ceil(end[array] / 4) * 4 : end[array];
    slots.push({ name, type, at });
    end[array] = at + { int: 1, float: 1, ivec4: 4, layout: suffixes.length }[type];
  }
  return { slots, end };
}

function arrayOf(type: TiledDeclaration[string]): 'ints' | 'floats' {
  return type === 'float' ? 'floats' : 'ints';
}

/** In the order of `suffixes`. */
function writeLayout(ints: Int32Array, at: number, { h, w, c, quads, tileRows, imageRows }: LayoutSizes): void {
  ints[at] = h;
  ints[at + 1] = w;
  ints[at + 2] = c;
  ints[at + 3] = quads;
  ints[at + 4] = tileRows;
  ints[at + 5] = imageRows;
}

function macrosOf({ name, type, at }: Slot): UniformMacro[] {
  const array = arrayOf(type);
  if (type === 'ivec4') return [{ name, array, vector: at / 4 }];
  const names = type === 'layout' ? suffixes.map((suffix) => name + suffix) : [name];
  return names.map((scalar, i) => ({
    name: scalar,
    array,
    vector: (at + i) >> 2,
    component: (['x', 'y', 'z', 'w'] as const)[(at + i) & 3],
  }));
}
