// The product of vectors with a matrix, in one draw or in one for slices of the sum and one for their sum.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { denseInts, denseProgram, type Slices } from '../../../kernels/glsl/block/dense.js';
import { flattenInts, flattenProgram } from '../../../kernels/glsl/block/denseFlatten.js';
import { clampUniform } from '../../../kernels/glsl/block/epilogue.js';
import { blockShapes, type Dims, layoutOf } from '../../../kernels/glsl/block/layout.js';
import { reduceFloats, reduceInts, reduceProgram } from '../../../kernels/glsl/block/reduce.js';
import type { WebglBackend } from '../backend.js';
import type { Texture } from '../gl/textures.js';
import type { Blocks } from '../layout/blockStore.js';

export interface Dense {
  /** [n, k] up to dimensions of 1, in blocks, or of images in blocks. */
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

/** Undefined if `a` is not in blocks, or the result does not fit into a texture. */
export function multiply(backend: WebglBackend, dense: Dense): ReturnType<WebglBackend['blocks']['make']> | undefined {
  const { blocks: store } = backend;
  const { n, k, m, slices, bias, clampTo } = dense;
  const layout = vectorLayout(backend, { n, h: 1, w: 1, c: m });
  const partialLayout = vectorLayout(backend, { n, h: slices.count, w: 1, c: m });
  if (!layout || !partialLayout) return undefined;
  const a = vectorsOf(backend, dense.a, n, k);
  if (!a) return undefined;
  const inputs = { x: a.blocks.texture, w: dense.w() };
  const result = store.make(dense.shape, layout);
  const draw = (y: Blocks, finish: { readonly bias: Texture; readonly floats: readonly number[] }) => {
    const ints = denseInts(a.blocks.layout, y.layout, slices);
    store.draw(y, { program: denseProgram(), inputs: { ...inputs, bias: finish.bias }, ints, floats: finish.floats });
  };
  if (slices.count === 1) {
    draw(result.blocks, { bias, floats: clampTo });
  } else {
    const partial = { layout: partialLayout, texture: store.textures.acquire(partialLayout) };
    draw(partial, { bias: store.zeros, floats: linear });
    store.draw(result.blocks, {
      program: reduceProgram({ operation: 'sum', block: partialLayout.block }),
      inputs: { x: partial.texture, bias },
      ints: reduceInts(partialLayout, layout, slices.count),
      floats: reduceFloats('sum', clampTo, 1),
    });
    store.textures.release(partial.texture);
  }
  a.release();
  return result;
}

interface Vectors {
  readonly blocks: Blocks;
  release(): void;
}

/** Undefined where neither the vectors nor the images that they are made of are in blocks. */
function vectorsOf(backend: WebglBackend, { dataId }: TensorInfo, n: number, k: number): Vectors | undefined {
  const { blocks: store } = backend;
  const present = store.find({ dataId, shape: [n, k] });
  if (present) return { blocks: present, release: () => {} };
  const images = store.find({ dataId, shape: backend.texData.get(dataId).shape });
  const layout = vectorLayout(backend, { n, h: 1, w: 1, c: k });
  if (!images || !layout || images.layout.n !== n) return undefined;
  const vectors = { layout, texture: store.textures.acquire(layout) };
  store.draw(vectors, {
    program: flattenProgram(images.layout.block),
    inputs: { x: images.texture },
    ints: flattenInts(images.layout, layout),
  });
  return { blocks: vectors, release: () => store.textures.release(vectors.texture) };
}

/** In blocks of one pixel, whatever there is of height and width. */
function vectorLayout({ blocks }: WebglBackend, dims: Dims) {
  const layout = layoutOf(dims, blockShapes.single);
  return Math.max(layout.width, layout.height) <= blocks.caps.maxTextureSize ? layout : undefined;
}
