// Pieces of GLSL that the experiments share.

export function each(count: number, item: (i: number) => string, separator = ' '): string {
  return Array.from({ length: count }, (_, i) => item(i)).join(separator);
}

/** `vec4 a0 = vec4(0.), a1 = vec4(0.);` */
export function zeros(name: string, count: number): string {
  return `vec4 ${each(count, (i) => `${name}${i} = vec4(0.)`, ', ')};`;
}

/** `layout(location = i) out vec4 y<i>;` of each target. */
export function declareTargets(count: number): string {
  return each(count, (i) => `layout(location = ${i}) out vec4 y${i};`, '\n');
}

export type Fetch = 'texelFetch' | 'texture' | 'textureLod';

/** @param coordinates Column and row, in an array also the layer: ints for texelFetch, else floats. */
export function fetchTexel(fetch: Fetch, sampler: string, ...coordinates: readonly string[]): string {
  const end = { texelFetch: ', 0', texture: '', textureLod: ', 0.' }[fetch];
  const vector = `${fetch === 'texelFetch' ? 'i' : ''}vec${coordinates.length}`;
  return `${fetch}(${sampler}, ${vector}(${coordinates.join(', ')})${end})`;
}

export type Weights = readonly [string, string, string, string];

/** Forms of y += w0 * v.x + w1 * v.y + w2 * v.z + w3 * v.w: four weights times one texel of four input channels. */
export const PRODUCTS = {
  /** Four statements. */
  mad: (y: string, v: string, weights: Weights) => weights.map((w, i) => `${y} += ${w} * ${v}.${'xyzw'[i]};`).join(' '),
  /** One expression. */
  sum: (y: string, v: string, weights: Weights) =>
    `${y} += ${weights.map((w, i) => `${w} * ${v}.${'xyzw'[i]}`).join(' + ')};`,
  mat4: (y: string, v: string, weights: Weights) => `${y} += mat4(${weights.join(', ')}) * ${v};`,
} as const;
