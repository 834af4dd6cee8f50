// The textures of variable, gradient and slots in one layout: that of the gradient, in which the last step has left the
// others.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TileLayout } from '../../../../../kernels/glsl/tiled/layout/layout.js';
import type { WebglBackend } from '../../backend.js';
import type { Target } from '../../gl/targets.js';
import type { Texture } from '../../gl/textures.js';
import { internalsOf } from '../../tfjsInternals.js';

/** A layout in which a texel of one tensor meets the texel of another one that has the same elements. */
export interface Form {
  /** The layout of tiles; undefined for textures of TensorFlow.js. */
  readonly layout?: TileLayout;
  readonly isPacked: boolean;
  readonly texShape: readonly number[];
  readonly viewport: readonly [number, number, number, number];
}

/** The form that the gradient is in; undefined where an update cannot be drawn in it. */
export function formOf(backend: WebglBackend, g: TensorInfo): Form | undefined {
  const tiled = backend.tensors.find(g)?.layout;
  if (tiled && tiled.layers === 1) {
    const { width, height } = tiled;
    return { layout: tiled, isPacked: false, texShape: [], viewport: [1, 0, width - 2, height - 1] };
  }
  backend.uploadToGPU(g.dataId);
  const { slice, isPacked = false, texShape, shape } = backend.texData.get(g.dataId);
  if (slice || !texShape || (isPacked && !isSameButOnes(shape, g.shape))) return undefined;
  const [width, height] = sizeOf(texShape, isPacked);
  return { isPacked, texShape, viewport: [0, 0, width, height] };
}

/** A tensor's texture in that form. `temporary` is what the caller disposes of. */
export function textureIn(
  backend: WebglBackend,
  form: Form,
  x: TensorInfo,
): { readonly texture: Texture; readonly temporary?: TensorInfo } | undefined {
  const { layout, isPacked } = form;
  if (layout) return { texture: backend.tensors.toTiled(x, layout).drawnTexture() };
  backend.uploadToGPU(x.dataId);
  if (isIn(backend, form, x)) return { texture: tfjsTexture(backend, x) };
  const data = backend.texData.get(x.dataId);
  if (data.slice || data.isPacked === isPacked || (data.isPacked && !isSameButOnes(data.shape, x.shape)))
    return undefined;
  const temporary = isPacked ? internalsOf(backend).packTensor(x) : backend.unpackTensor(x);
  if (isIn(backend, form, temporary)) return { texture: tfjsTexture(backend, temporary), temporary };
  backend.disposeIntermediateTensorInfo(temporary);
  return undefined;
}

function isIn(backend: WebglBackend, { isPacked, texShape }: Form, x: TensorInfo): boolean {
  const data = backend.texData.get(x.dataId);
  const isShape = data.texShape?.[0] === texShape[0] && data.texShape[1] === texShape[1];
  const isOrder = !isPacked || isSameButOnes(data.shape, x.shape);
  return !data.slice && (data.isPacked ?? false) === isPacked && isShape && isOrder;
}

/** A new tensor in that form, and what a draw fills it through. */
export function newIn(
  backend: WebglBackend,
  { layout, isPacked, texShape }: Form,
  shape: readonly number[],
): { readonly info: TensorInfo; readonly target: Target } {
  if (layout) {
    const { info, tensor } = backend.tensors.make(shape, layout);
    return { info, target: { handle: tensor.texture.handle, isArray: true } };
  }
  const info = backend.makeTensorInfo([...shape], 'float32');
  Object.assign(backend.texData.get(info.dataId), { isPacked, texShape }); // an upload chooses another one than a draw
  backend.uploadToGPU(info.dataId);
  return { info, target: { handle: tfjsTexture(backend, info).handle, isArray: false } };
}

/** A texture of TensorFlow.js as a draw reads it. */
export function tfjsTexture(backend: WebglBackend, { dataId }: TensorInfo): Texture {
  const { texture, texShape, isPacked = false } = backend.texData.get(dataId);
  const [width, height] = sizeOf(texShape as [number, number], isPacked);
  const handle = texture?.texture as WebGLTexture;
  return { handle, target: backend.gl2.TEXTURE_2D, width, height, bytes: 0 };
}

function sizeOf([rows, columns]: readonly number[], isPacked: boolean): [number, number] {
  return isPacked ? [Math.ceil(columns / 2), Math.ceil(rows / 2)] : [columns, rows];
}

/** Whether two shapes differ in dimensions of 1 at their beginning at most. */
function isSameButOnes(a: readonly number[], b: readonly number[]): boolean {
  const own = (shape: readonly number[]) => shape.slice(shape.findIndex((size) => size !== 1)).join();
  return own(a) === own(b);
}
