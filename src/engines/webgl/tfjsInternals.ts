// What tfjs-backend-webgl declares private and this engine must reach: its texture manager cannot be replaced otherwise,
// and its book-keeping goes wrong where an operation fails.

import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import { type BackendValues, type DataId, env, type TensorInfo } from '@tensorflow/tfjs-core';
import type { TfjsTextureManager } from './gl/tfjsTextures.js';

/** A timer of the GPU, or the clock's readings. */
type Query = WebGLQuery | { readonly startMs: number; endMs?: number };

export interface TfjsInternals {
  textureManager: TfjsTextureManager;
  /** Data that are being read without waiting, with whoever waits for them. */
  pendingRead: WeakMap<DataId, unknown>;
  /** Data that are disposed of when their reads are over. */
  pendingDisposal: WeakSet<DataId>;
  pendingDeletes: number;
  /** What is measured, while tf.time() or tf.profile() does. */
  readonly activeTimers?: { readonly name: string; readonly query: Promise<number> }[];
  /** The same values, with 2x2 of them in a texel. */
  packTensor(input: TensorInfo): TensorInfo;
  /** The same values in a texture that can be read: four of them in a texel, in order. */
  decode(dataId: DataId, texShape?: [number, number]): TensorInfo;
  /** Gives data the values that were read from their texture, in the form of their dtype. */
  convertAndCacheOnCPU(dataId: DataId, floats?: Float32Array): BackendValues;
  releaseGPUData(dataId: DataId): void;
  startTimer(): Query;
  endTimer(query: Query): Query;
  getQueryTime(query: Query): Promise<number>;
  readonly binaryCache: Record<string, { readonly webGLProgram: WebGLProgram }>;
  /** Bytes by the shapes of textures in use. */
  numBytesInGPU: number;
  /** Whether the context is TensorFlow.js's and not the user's. */
  readonly gpgpuCreatedLocally: boolean;
  /** Taken out of the page when the backend is disposed of. */
  canvas: HTMLCanvasElement | OffscreenCanvas | null;
}

export function internalsOf(backend: MathBackendWebGL): TfjsInternals {
  return backend as unknown as TfjsInternals;
}

/**
 * Runs work of TensorFlow.js that fills or reads a texture of any shape. It has two forms of these programs: the one that
 * it takes by default has the shape in its text, so each new shape would wait for a compiler; the other has uniforms.
 */
export function withShapeUniforms<T>(work: () => T): T {
  const flag = 'WEBGL_USE_SHAPES_UNIFORMS';
  const flags = env();
  const before = flags.getBool(flag);
  flags.set(flag, true);
  try {
    return work();
  } finally {
    flags.set(flag, before);
  }
}
