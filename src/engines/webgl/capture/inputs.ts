// Inputs of a captured model. Each is a texture of TensorFlow.js, with one value in a texel, from which the recorded draws
// convert it to whatever form they need.

import { type DataType, type Tensor, type TensorInfo, type TypedArray, util } from '@tensorflow/tfjs-core';
import type { WebglBackend } from '../backend.js';
import { internalsOf } from '../tfjsInternals.js';
import type { VirtualTexture } from './virtualTexture.js';

/** A tensor of any backend, or values. */
export type Operand = Tensor | TypedArray;

export interface InputForm {
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

/** An input as draws read it; without a texture if it is empty. */
export interface InputPlace extends InputForm {
  /** Rows and columns of texels. */
  readonly texShape: readonly [number, number];
  readonly texture?: VirtualTexture;
}

/** A new tensor with a texture and these values. */
export function newInput(backend: WebglBackend, { shape, dtype }: InputForm, values: TypedArray): TensorInfo {
  if (values.length === 0) return backend.makeTensorInfo([...shape], dtype, values);
  const info = backend.makeTensorInfo([...shape], dtype);
  backend.uploadToGPU(info.dataId);
  const { texture, texShape } = backend.texData.get(info.dataId);
  uploadValues(backend.gl2, texture?.texture as WebGLTexture, texShape as [number, number], values);
  return info;
}

/** Fills a texture with one value in a texel. */
export function uploadValues(
  gl: WebGL2RenderingContext,
  handle: WebGLTexture,
  [rows, columns]: readonly [number, number],
  values: TypedArray,
): void {
  let floats = values;
  if (!(values instanceof Float32Array) || values.length !== rows * columns) {
    floats = new Float32Array(rows * columns);
    floats.set(values);
  }
  gl.activeTexture(gl.TEXTURE0);
  gl.bindTexture(gl.TEXTURE_2D, handle);
  gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, columns, rows, gl.RED, gl.FLOAT, floats);
}

/** Whether an operand is a tensor of this backend. */
export function isOwn(backend: WebglBackend, operand: Operand): operand is Tensor {
  return !ArrayBuffer.isView(operand) && backend.hasData(operand.dataId);
}

/** The values of an operand in JavaScript. */
export function valuesOf(operand: Operand): TypedArray {
  return ArrayBuffer.isView(operand) ? operand : (operand.dataSync() as TypedArray);
}

/**
 * Lets the draws read an operand: from its own texture where that has the form of the input, else from `own`.
 *
 * @returns What has been made for it, to be disposed of after the draws.
 */
export function bindInput(
  backend: WebglBackend,
  { texture, texShape }: InputPlace,
  own: WebGLTexture,
  operand: Operand,
): TensorInfo[] {
  if (!texture) return [];
  const values = valuesOnCpu(backend, operand);
  if (values) {
    uploadValues(backend.gl2, own, texShape, values);
    texture.handle = own;
    return [];
  }
  const made: TensorInfo[] = [];
  let info: TensorInfo = operand as Tensor;
  backend.uploadToGPU(info.dataId);
  const isPlain = () => {
    const { isPacked, slice, texShape: has } = backend.texData.get(info.dataId);
    return !isPacked && slice == null && util.arraysEqual(has as number[], texShape as readonly number[] as number[]);
  };
  const { shape, dtype } = operand as Tensor;
  const step = (next: TensorInfo) => {
    made.push(next);
    info = { dataId: next.dataId, shape, dtype };
  };
  if (!isPlain()) {
    const { isPacked } = backend.texData.get(info.dataId);
    if (!isPacked) step(internalsOf(backend).packTensor({ dataId: info.dataId, shape, dtype }));
    step(backend.unpackTensor({ dataId: info.dataId, shape, dtype }));
  }
  texture.handle = backend.texData.get(info.dataId).texture?.texture as WebGLTexture;
  return made;
}

/** Undefined for tensors of this backend that are on the GPU. */
function valuesOnCpu(backend: WebglBackend, operand: Operand): TypedArray | undefined {
  if (!isOwn(backend, operand)) return valuesOf(operand);
  const { values, slice, texture } = backend.texData.get(operand.dataId);
  return texture == null && slice == null && values != null ? (values as TypedArray) : undefined;
}
