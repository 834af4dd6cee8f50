// The product of vectors with a matrix: one draw for one vector and a small matrix, else a draw for slices and one for
// their sum.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type Clamp, linearClamp } from '../../../../../kernels/glsl/tiled/conv/clampEpilogue.js';
import type { TileLayout } from '../../../../../kernels/glsl/tiled/layout/layout.js';
import {
  denseProgram,
  denseValues,
  partialLayout,
  type Slices,
} from '../../../../../kernels/glsl/tiled/matmul/dense.js';
import { denseSumProgram, denseSumValues } from '../../../../../kernels/glsl/tiled/matmul/denseSum.js';
import { flattenProgram } from '../../../../../kernels/glsl/tiled/matmul/flatten.js';
import type { WebglBackend } from '../../backend.js';
import { bind } from '../../gl/draw.js';
import type { Texture, TiledTexture } from '../../gl/textures.js';

export interface Dense {
  /** [n, k] up to dimensions of 1; these vectors, or the images that they were reshaped from, are tiled. */
  readonly a: TensorInfo;
  readonly n: number;
  readonly k: number;
  readonly m: number;
  readonly slices: Slices;
  /** Packs the matrix; called only if the product is computed. */
  w(): Texture;
  readonly bias: Texture;
  readonly clamp: Clamp;
  /** The shape of the result. */
  readonly shape: readonly number[];
}

/** Up to two vectors, one at a time, cost less than a fragment for eight. */
const MOST_BY_ONES = 2;

/** Undefined if `a` is not tiled, or the result does not fit into a texture. */
export function multiply(backend: WebglBackend, dense: Dense): ReturnType<WebglBackend['tensors']['make']> | undefined {
  const { tensors: store } = backend;
  const { n, k, m, slices, bias, clamp } = dense;
  const { tile, maxTextureSize } = store.caps;
  const rows = n > MOST_BY_ONES ? tile.rows * tile.columns : 1;
  const layout = vectorLayout(backend, n, m);
  const partial = partialLayout(n, m, rows, slices);
  if (!layout || Math.max(partial.width, partial.height) > maxTextureSize) return undefined;
  const a = vectorsOf(backend, dense.a, n, k);
  if (!a) return undefined;
  try {
    const w = dense.w();
    const result = store.make(dense.shape, layout);
    const product = (y: TileLayout, finish: { readonly bias: Texture; readonly clamp: Clamp }) => {
      const inputs = { x: a.texture, w, bias: finish.bias };
      return bind(denseProgram(rows), inputs, denseValues(n, y, slices, finish.clamp));
    };
    if (rows * slices.count === 1) {
      store.draw(result.tensor.texture, product(layout, { bias, clamp }));
    } else {
      store.textures.lend(partial, (sums) => {
        store.draw(sums, product(partial, { bias: store.matrices.zeros(), clamp: linearClamp }));
        const values = denseSumValues(partial, layout, clamp);
        store.draw(result.tensor.texture, bind(denseSumProgram(), { x: sums, bias }, values));
      });
    }
    return result;
  } finally {
    a.release();
  }
}

interface Vectors {
  readonly texture: TiledTexture;
  release(): void;
}

/** Undefined where neither the vectors nor the images that they were reshaped from are tiled. */
function vectorsOf(backend: WebglBackend, { dataId }: TensorInfo, n: number, k: number): Vectors | undefined {
  const { tensors: store } = backend;
  const present = store.find({ dataId, shape: [n, k] });
  if (present) return { texture: present.drawnTexture(), release: () => {} };
  const images = store.find({ dataId, shape: backend.texData.get(dataId).shape });
  const layout = vectorLayout(backend, n, k);
  if (!images || !layout || images.layout.n !== n) return undefined;
  const x = images.drawnTexture();
  const texture = store.textures.acquire(layout);
  const release = () => store.textures.release(texture);
  try {
    store.draw(texture, bind(flattenProgram(images.layout.tile), { x }, { x: images.layout, y: layout }));
  } catch (error) {
    release();
    throw error;
  }
  return { texture, release };
}

function vectorLayout({ tensors }: WebglBackend, n: number, c: number): TileLayout | undefined {
  return tensors.layoutOf({ n, h: 1, w: 1, c });
}
