// A convolution of group 6: its sizes and everything its shader may do in more than one way.

import type { ProductForm } from './products.js';

export interface Block {
  /** Pixels of a block along x and y; powers of two. Their product is the number of layers and of render targets. */
  readonly x: number;
  readonly y: number;
}

export type Fetch = 'texelFetch' | 'texture' | 'textureLod';

export interface ConvForm {
  readonly kernel: 1 | 3;
  /**
   * What the innermost loop, over input channels, holds: all taps with the window in registers, one row of taps, or one tap.
   * The loops around it run over the rest.
   */
  readonly body: 'window' | 'row' | 'tap';
  readonly block: Block;
  /** `inner`: neighbouring texels are channels of one block; `outer`: they are blocks. */
  readonly order: 'inner' | 'outer';
  readonly fetch: Fetch;
  /** Layers of one array, or a 2D texture for each. */
  readonly store: 'array' | 'planes';
  /** How four weights times one input texel are written; see PRODUCTS of products.ts. */
  readonly products: ProductForm;
  /** Whether the loops read uniforms, or locals that were set from them once. */
  readonly uniforms: 'local' | 'loop';
  /** Steps of the channel loop that are written out. */
  readonly unroll: 1 | 2;
}

export interface Sizes {
  readonly size: number; // of a side, in and out: stride 1, padding "same"
  readonly inC: number;
  readonly outC: number;
}

export const BLOCK_8: Block = { x: 4, y: 2 };
export const BLOCK_4: Block = { x: 2, y: 2 };

/** The form that others are compared with. */
export const BASE_FORM: Omit<ConvForm, 'kernel'> = {
  body: 'window',
  block: BLOCK_8,
  order: 'inner',
  fetch: 'texture',
  store: 'array',
  products: 'mat4',
  uniforms: 'local',
  unroll: 1,
};
