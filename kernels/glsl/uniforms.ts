// The uniforms of a program, declared once as a list of names and types. The names that the shader's text uses and the
// type of the values that TypeScript passes follow from the declaration: a missing value is a compile error.

/** The sizes of a layout that a shader needs; see tiled/layout/layout.ts. */
export interface LayoutSizes {
  readonly h: number;
  readonly w: number;
  readonly c: number;
  readonly quads: number;
  readonly tileRows: number;
  readonly imageRows: number;
}

/** The values that TypeScript passes for a uniform of each type. */
export interface UniformTypes {
  readonly int: number;
  readonly ivec2: readonly [number, number];
  readonly ivec4: readonly [number, number, number, number];
  readonly float: number;
  readonly layout: LayoutSizes;
}

export type UniformType = keyof UniformTypes;

/** Types by name, in the order in which they are packed. */
export type Declaration<Type extends UniformType = UniformType> = Readonly<Record<string, Type>>;

export type UniformValues<D extends Declaration> = { readonly [Name in keyof D]: UniformTypes[D[Name]] };

/** Several declarations of one type. */
export function ints<const Name extends string>(...names: readonly Name[]): Readonly<Record<Name, 'int'>> {
  return declared(names, 'int');
}

export function floats<const Name extends string>(...names: readonly Name[]): Readonly<Record<Name, 'float'>> {
  return declared(names, 'float');
}

export function ivec2s<const Name extends string>(...names: readonly Name[]): Readonly<Record<Name, 'ivec2'>> {
  return declared(names, 'ivec2');
}

export function ivec4s<const Name extends string>(...names: readonly Name[]): Readonly<Record<Name, 'ivec4'>> {
  return declared(names, 'ivec4');
}

function declared<Name extends string, Type>(names: readonly Name[], type: Type): Readonly<Record<Name, Type>> {
  return Object.fromEntries(names.map((name) => [name, type])) as Record<Name, Type>;
}
