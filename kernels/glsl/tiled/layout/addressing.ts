// How texels are addressed and fetched. `texture` with nearest filtering takes coordinates from 0 to 1 and is the
// fastest form on software renderers; `texelFetch` takes whole numbers and is the native form of GPUs. Both read the
// last texel of a row for an address beyond it, which is a zero in the tiled layout.

export type FetchForm = 'texture' | 'texelFetch';

/** Makes GLSL expressions; the arguments `i`, `x`, `y`, `layer` are GLSL too. */
export interface Addressing {
  /** The type of an address along the width or height, and of a layer. */
  readonly type: 'float' | 'int';
  /** The address of texel `i` (an int) along the width, or height, of an input. */
  x(input: string, i: string): string;
  y(input: string, i: string): string;
  /** The distance from an address along the width to that of the next texel. */
  step(input: string): string;
  layer(i: string): string;
  /** The texel of a tensor. An `x` beyond the width is allowed, a `y` beyond the height is not. */
  tiles(input: string, x: string, y: string, layer: string): string;
  /** The texel of a matrix of weights. */
  matrix(input: string, x: string, y: string): string;
}

const texture: Addressing = {
  type: 'float',
  x: (input, i) => `((float(${i}) + 0.5) * ${input}Texel.x)`,
  y: (input, i) => `((float(${i}) + 0.5) * ${input}Texel.y)`,
  step: (input) => `${input}Texel.x`,
  layer: (i) => `float(${i})`,
  tiles: (input, x, y, layer) => `texture(${input}, vec3(${x}, ${y}, ${layer}))`,
  matrix: (input, x, y) => `texture(${input}, vec2(${x}, ${y}))`,
};

const texelFetch: Addressing = {
  type: 'int',
  x: (_, i) => `(${i})`,
  y: (_, i) => `(${i})`,
  step: () => '1',
  layer: (i) => `(${i})`,
  tiles: (input, x, y, layer) => {
    return `texelFetch(${input}, ivec3(clamp(${x}, 0, int(${input}Texel.z)), ${y}, ${layer}), 0)`;
  },
  matrix: (input, x, y) => `texelFetch(${input}, ivec2(${x}, ${y}), 0)`,
};

/**
 * Declares `<input>X0`, `<input>X1`, ...: the addresses along the width of texels 4 * `quad`, 4 * `quad` + 1, ... For
 * loops over one tap: with a whole filter SwiftShader spills registers, and computing each address anew is faster.
 */
export function columnsOfQuad(at: Addressing, input: string, quad: string, count: number): string {
  return Array.from({ length: count }, (_, i) => {
    const value = i === 0 ? at.x(input, `4 * ${quad}`) : `${input}X${i - 1} + ${at.step(input)}`;
    return `${at.type} ${input}X${i} = ${value};`;
  }).join(' ');
}

export const addressing: Readonly<Record<FetchForm, Addressing>> = { texture, texelFetch };
