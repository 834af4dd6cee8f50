// The product of vectors with a matrix: one draw for one vector and a small matrix, else one for slices and one for their sum.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { clampUniform } from '../../../../../kernels/glsl/tiled/conv/epilogue.js';
import type { TileLayout } from '../../../../../kernels/glsl/tiled/layout/layout.js';
import {
  denseInts,
  denseProgram,
  denseSumInts,
  denseSumProgram,
  partialLayout,
  type Slices,
} from '../../../../../kernels/glsl/tiled/matmul/dense.js';
import { flattenInts, flattenProgram } from '../../../../../kernels/glsl/tiled/matmul/denseFlatten.js';
import type { WebglBackend } from '../../backend.js';
import type { Texture } from '../../gl/textures.js';
import type { TiledTensor } from '../../tensors/tensorStore.js';

export interface Dense {
  /** [n, k] up to dimensions of 1, in tiles, or of images in tiles. */
  readonly a: TensorInfo;
  readonly n: number;
  readonly k: number;
  readonly m: number;
  readonly slices: Slices;
  /** Asked for only if the product is computed. */
  w(): Texture;
  readonly bias: Texture;
  readonly clampTo: readonly number[];
  /** Of the result. */
  readonly shape: readonly number[];
}

const linear = clampUniform({ activation: 'linear', leakyAlpha: 0 });

/** Two vectors by themselves cost less than eight. */
const MOST_BY_ONES = 2;

/** Undefined if `a` is not in tiles, or the result does not fit into a texture. */
export function multiply(backend: WebglBackend, dense: Dense): ReturnType<WebglBackend['tensors']['make']> | undefined {
  const { tensors: store } = backend;
  const { n, k, m, slices, bias, clampTo } = dense;
  const { tile, maxTextureSize } = store.caps;
  const rows = n > MOST_BY_ONES ? tile.rows * tile.columns : 1;
  const layout = vectorLayout(backend, n, m);
  const partial = partialLayout(n, m, rows, slices);
  if (!layout || Math.max(partial.width, partial.height) > maxTextureSize) return undefined;
  const a = vectorsOf(backend, dense.a, n, k);
  if (!a) return undefined;
  const inputs = { x: a.tensor.texture, w: dense.w() };
  const result = store.make(dense.shape, layout);
  const product = (y: TileLayout, finish: { readonly bias: Texture; readonly floats: readonly number[] }) => {
    const { bias, floats } = finish;
    return { program: denseProgram(rows), inputs: { ...inputs, bias }, ints: denseInts(n, y, slices), floats };
  };
  if (rows * slices.count === 1) {
    store.draw(result.tensor, product(layout, { bias, floats: clampTo }));
  } else {
    store.textures.lend(partial, (texture) => {
      store.draw({ texture }, product(partial, { bias: store.matrices.zeros, floats: linear }));
      store.draw(result.tensor, {
        program: denseSumProgram(),
        inputs: { x: texture, bias },
        ints: denseSumInts(partial, layout),
        floats: clampTo,
      });
    });
  }
  a.release();
  return result;
}

interface Vectors {
  readonly tensor: TiledTensor;
  release(): void;
}

/** Undefined where neither the vectors nor the images that they are made of are in tiles. */
function vectorsOf(backend: WebglBackend, { dataId }: TensorInfo, n: number, k: number): Vectors | undefined {
  const { tensors: store } = backend;
  const present = store.find({ dataId, shape: [n, k] });
  if (present) return { tensor: present, release: () => {} };
  const images = store.find({ dataId, shape: backend.texData.get(dataId).shape });
  const layout = vectorLayout(backend, n, k);
  if (!images || !layout || images.layout.n !== n) return undefined;
  const vectors = { layout, texture: store.textures.acquire(layout) };
  store.draw(vectors, {
    program: flattenProgram(images.layout.tile),
    inputs: { x: images.texture },
    ints: flattenInts(images.layout, layout),
  });
  return { tensor: vectors, release: () => store.textures.release(vectors.texture) };
}

function vectorLayout({ tensors }: WebglBackend, n: number, c: number): TileLayout | undefined {
  return tensors.layoutOf({ n, h: 1, w: 1, c });
}
