// Draws on small tensors in textures of TensorFlow.js, which kernels/glsl/tiled/flat reads as lists of values.

import { type DataType, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { FlatPlace } from '../../../../../kernels/glsl/tiled/flat/values.js';
import { readFlag } from '../../../../tfjs/flags.js';
import type { WebglBackend } from '../../backend.js';
import { uploadValues } from '../../capture/inputs.js';
import type { BoundProgram } from '../../gl/draw.js';
import type { Texture } from '../../gl/textures.js';
import { noteOperand } from '../../integers.js';
import type { KeptData } from '../../tensors/liveData.js';
import { tfjsTexture } from '../elementwise/updateForms.js';

/** Values of a result beyond which TensorFlow.js's programs are worth their compilation: they take four at a time. */
const MOST_VALUES = 2 ** 16;

/** Whether a result of this shape is small, and not empty. */
export function isSmall(shape: readonly number[]): boolean {
  const size = util.sizeFromShape([...shape]);
  return size > 0 && size <= MOST_VALUES;
}

/** An operand as a program reads it. */
export interface Source {
  readonly texture: Texture;
  readonly place: FlatPlace;
}

/** Puts an operand onto the GPU, if it is not there. It must not be empty. */
export function sourceOf(backend: WebglBackend, x: TensorInfo): Source {
  upload(backend, x);
  const { slice, isPacked, shape } = backend.texData.get(x.dataId);
  const texture = tfjsTexture(backend, x);
  const [rows, columns] = isPacked ? [shape.at(-2) ?? 1, shape.at(-1) ?? 1] : [0, 0];
  return { texture, place: [texture.width, slice?.flatOffset ?? 0, rows, columns] };
}

/** TensorFlow.js would draw what it uploads into another texture, with a program for each kind of shape. */
function upload(backend: WebglBackend, { dataId }: TensorInfo): void {
  const data: KeptData = backend.texData.get(dataId);
  const { values, texture, slice } = data;
  const isOnCpu = values != null && texture == null && slice == null && !backend.tensors.has(dataId);
  if (!isOnCpu || typeof values[0] !== 'number') {
    backend.uploadToGPU(dataId);
    return;
  }
  if (data.dtype === 'int32') noteOperand(data);
  Object.assign(data, { values: null, isPacked: false, texShape: undefined, usage: null });
  try {
    backend.uploadToGPU(dataId);
  } catch (error) {
    data.values = values;
    throw error;
  }
  const { texture: filled, texShape } = backend.texData.get(dataId);
  const { queue } = backend.tensors.drawer;
  const own = queue.isEmpty ? (values as Float32Array) : (values.slice() as Float32Array); // an app may write into its own
  queue.inOrder(() => {
    uploadValues(backend.gl2, filled?.texture as WebGLTexture, texShape as [number, number], own);
  });
  if (readFlag('CONVNET_ON_LOSS') !== 'error') data.kept = values;
}

/** A new tensor that the program fills; it is told how many values there are and how many lie in a row of the texture. */
export function drawList(
  backend: WebglBackend,
  shape: readonly number[],
  dtype: DataType,
  bound: (list: { readonly size: number; readonly outColumns: number }) => BoundProgram,
): TensorInfo {
  const size = util.sizeFromShape([...shape]);
  return backend.tensors.makeTfjs(shape, (outColumns) => bound({ size, outColumns }), { dtype });
}

/** Queues a read of a result of drawList(), without a draw; the data may be gone when it is waited for. */
export function readListLater(
  { gl2: gl, texData, tensors }: WebglBackend,
  { dataId, shape }: TensorInfo,
): () => Float32Array {
  const { texture, texShape } = texData.get(dataId);
  const [rows, columns] = texShape as [number, number];
  const handle = texture?.texture as WebGLTexture;
  const buffer = gl.createBuffer();
  tensors.drawer.queue.inOrder(() => {
    const framebuffer = gl.createFramebuffer();
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, handle, 0);
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, buffer);
    gl.bufferData(gl.PIXEL_PACK_BUFFER, 4 * Float32Array.BYTES_PER_ELEMENT * rows * columns, gl.STREAM_READ);
    gl.readBuffer(gl.COLOR_ATTACHMENT0);
    gl.readPixels(0, 0, columns, rows, gl.RGBA, gl.FLOAT, 0); // the one format that every GPU reads
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
    gl.deleteFramebuffer(framebuffer);
  });
  return () => {
    const texels = new Float32Array(4 * rows * columns);
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, buffer);
    gl.getBufferSubData(gl.PIXEL_PACK_BUFFER, 0, texels);
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
    gl.deleteBuffer(buffer);
    return texels.filter((_, i) => i % 4 === 0).subarray(0, util.sizeFromShape(shape));
  };
}
