// What a model costs the GPU beside time: programs, memory, draws, changes of layout. Programs, textures and draws are counted
// where every backend must pass, at the functions of WebGL2RenderingContext, whatever the backend says of itself.

import * as tf from '@tensorflow/tfjs';
import { beforeDraws, beforeGl } from './glCalls.js';
import type { Task } from './measure.js';

export interface GpuUse {
  /** Linked up to the end of the first prediction. */
  readonly programs: number;
  readonly memory: GpuMemory;
  /** Draws of one later prediction. */
  readonly draws: number;
  /** Of one later prediction, as the backend counts them; absent where it does not. */
  readonly counters?: Counters;
}

/** Bytes. */
export interface GpuMemory {
  /** All textures there were at once, at most. */
  readonly texturesPeak: number;
  readonly texturesAfter: number;
  /** Of tf.memory(), numBytesInGPU: textures that hold tensors, at most and after the last prediction. */
  readonly inUsePeak: number;
  readonly inUseAfter: number;
  /** Of tf.memory(), numBytesInGPUAllocated: with those that are kept for later use. */
  readonly allocatedAfter: number;
}

/** Layout conversions and draws; what the public property `counters` of convnet-webgl counts from its start on. */
export type Counters = Readonly<Record<'toTiles' | 'toTfjs' | 'draws', number>>;

export interface GpuWatch {
  /** Call after the first prediction: makes another one and reports on both. */
  report(task: Task): Promise<GpuUse>;
}

/** Begin before the backend starts: it may link programs then. Once in the life of a page. */
export function watchGpu(): GpuWatch {
  const textures = watchTextures();
  let programs = 0;
  let draws = 0;
  let inUsePeak = 0;
  beforeGl('linkProgram', () => programs++);
  const onDraw = () => {
    draws++;
    inUsePeak = Math.max(inUsePeak, memoryInfo().numBytesInGPU);
  };
  return {
    async report(task) {
      const linked = programs;
      beforeDraws(onDraw);
      const counted = counters();
      await task.read();
      const { numBytesInGPU: inUseAfter, numBytesInGPUAllocated: allocatedAfter } = memoryInfo();
      const memory = { ...textures(), inUsePeak, inUseAfter, allocatedAfter };
      return { programs: linked, memory, draws, counters: difference(counters(), counted) };
    },
  };
}

interface GpuMemoryInfo {
  readonly numBytesInGPU: number;
  readonly numBytesInGPUAllocated: number;
}

function memoryInfo(): GpuMemoryInfo {
  return tf.memory() as unknown as GpuMemoryInfo;
}

function counters(): Counters | undefined {
  const found = (tf.backend() as { counters?: Counters }).counters;
  return found && { toTiles: found.toTiles, toTfjs: found.toTfjs, draws: found.draws }; // they go on counting
}

function difference(after: Counters | undefined, start: Counters | undefined): Counters | undefined {
  if (!after || !start) return undefined;
  const { toTiles, toTfjs, draws } = start;
  return { toTiles: after.toTiles - toTiles, toTfjs: after.toTfjs - toTfjs, draws: after.draws - draws };
}

/** Sizes of all textures that are made from now on; those of the swap chain and of renderbuffers are not counted. */
function watchTextures(): () => Pick<GpuMemory, 'texturesPeak' | 'texturesAfter'> {
  const bytesOf = new Map<WebGLTexture, number>();
  let total = 0;
  let peak = 0;
  const set = (texture: WebGLTexture | null, bytes: number) => {
    if (!texture) return;
    total += bytes - (bytesOf.get(texture) ?? 0);
    bytesOf.set(texture, bytes);
    peak = Math.max(peak, total);
  };
  // texStorage2D(target, levels, format, width, height); texImage2D(target, level, format, width, height, ...)
  const on2d = (gl: WebGL2RenderingContext, [, , format, width, height]: readonly unknown[]) => {
    if (typeof height !== 'number') return; // of a picture, as an upload from the page
    set(gl.getParameter(gl.TEXTURE_BINDING_2D), texelBytes(gl, Number(format)) * Number(width) * height);
  };
  const on3d = (gl: WebGL2RenderingContext, [target, , format, width, height, depth]: readonly unknown[]) => {
    const binding = target === gl.TEXTURE_3D ? gl.TEXTURE_BINDING_3D : gl.TEXTURE_BINDING_2D_ARRAY;
    set(gl.getParameter(binding), texelBytes(gl, Number(format)) * Number(width) * Number(height) * Number(depth));
  };
  beforeGl('texStorage2D', on2d);
  beforeGl('texImage2D', on2d);
  beforeGl('texStorage3D', on3d);
  beforeGl('texImage3D', on3d);
  beforeGl('deleteTexture', (_, [texture]) => {
    set(texture as WebGLTexture | null, 0);
    bytesOf.delete(texture as WebGLTexture);
  });
  return () => ({ texturesPeak: peak, texturesAfter: total });
}

/** Of the formats that backends compute in; four bytes for the others, as RGBA8. */
function texelBytes(gl: WebGL2RenderingContext, format: number): number {
  const sizes: Readonly<Record<number, number>> = {
    [gl.R32F]: 4,
    [gl.RG32F]: 8,
    [gl.RGBA32F]: 16,
    [gl.R16F]: 2,
    [gl.RG16F]: 4,
    [gl.RGBA16F]: 8,
    [gl.RGBA32I]: 16,
    [gl.RGBA32UI]: 16,
    [gl.R8]: 1,
  };
  return sizes[format] ?? 4;
}
