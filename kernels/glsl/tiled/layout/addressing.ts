// How texels are addressed and fetched. `texture` with nearest filtering takes coordinates from 0 to 1 and is what software
// renderers are fastest at; `texelFetch` takes whole texels, as GPUs do natively. Both read the side's last texel for what
// lies beyond it, which is a zero in the tiled layout.

export type FetchForm = 'texture' | 'texelFetch';

/** GLSL expressions; `i`, `x`, `y`, `layer` are GLSL too. */
export interface Addressing {
  /** The type of an address along a side, and of a layer. */
  readonly type: 'float' | 'int';
  /** The address of texel `i` (an int) along the width, or height, of an input. */
  x(input: string, i: string): string;
  y(input: string, i: string): string;
  /** From an address to that of the next texel. */
  step(input: string): string;
  layer(i: string): string;
  /** `columns` beyond the width are caught; rows must exist. */
  tiles(input: string, x: string, y: string, layer: string): string;
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

export const addressing: Readonly<Record<FetchForm, Addressing>> = { texture, texelFetch };
