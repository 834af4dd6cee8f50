// The moves between TensorFlow.js's textures and ours that the self-test knows, and what their programs depend on.

import type { TileShape } from '../../../../kernels/glsl/tiled/layout/layout.js';

export type Conversion =
  | { readonly to: 'tiles' | 'tfjs'; readonly tile: TileShape; readonly packed: boolean }
  /** A filter from a texture of TensorFlow.js into a matrix. */
  | { readonly to: 'matrix' };
