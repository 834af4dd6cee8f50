// The product that convolutions consist of: y += w0 * v.x + w1 * v.y + w2 * v.z + w3 * v.w, four weights (each four output
// channels of one input channel) times one texel of four input channels, written in more than one way.

export const PRODUCTS = {
  /** Four statements. */
  mad: (y: string, v: string, [a, b, c, d]: Weights) => {
    return `${y} += ${a} * ${v}.x; ${y} += ${b} * ${v}.y; ${y} += ${c} * ${v}.z; ${y} += ${d} * ${v}.w;`;
  },
  /** One expression. */
  sum: (y: string, v: string, [a, b, c, d]: Weights) => {
    return `${y} += ${a} * ${v}.x + ${b} * ${v}.y + ${c} * ${v}.z + ${d} * ${v}.w;`;
  },
  mat4: (y: string, v: string, w: Weights) => `${y} += mat4(${w.join(', ')}) * ${v};`,
} as const;

export type Weights = readonly [string, string, string, string];
export type ProductForm = keyof typeof PRODUCTS;
