// What a model costs the GPU beside time: programs, memory, draws, layout conversions. Programs, textures and draws are
// counted at the functions of WebGL2RenderingContext, whatever the backend says of itself.

import * as tf from '@tensorflow/tfjs';
import { beforeDraws, beforeGl } from './glCalls.js';
import type { Task } from './turns.js';

/** Memory in bytes. What is counted in a prediction is of the second one. */
export interface GpuUse {
  /** Linked up to the end of the first prediction. */
  readonly programs: number;
  /** In a prediction. */
  readonly draws: number;
  /** All textures there were at once, at most and at the end. */
  readonly texturesPeak: number;
  readonly texturesAfter: number;
  /** numBytesInGPU of tf.memory(): textures that hold tensors, at most in a prediction and at the end. */
  readonly inUsePeak: number;
  readonly inUseAfter: number;
  /** numBytesInGPUAllocated of tf.memory(): with those that are kept for later use. */
  readonly allocatedAfter: number;
  /** Layout conversions and draws in a prediction, as our backend counts them; absent for others. */
  readonly counters?: Counters;
}

type Counters = Readonly<Record<string, number>>;

/** Begin before the backend starts, once in a page; call the result after the first prediction: it makes a second. */
export function watchGpu(): (task: Task) => Promise<GpuUse> {
  const textures = watchTextures();
  let [programs, draws, inUsePeak] = [0, 0, 0];
  beforeGl('linkProgram', () => programs++);
  return async (task) => {
    const linked = programs;
    beforeDraws(() => {
      draws++;
      inUsePeak = Math.max(inUsePeak, memoryInfo().numBytesInGPU);
    });
    const { counters } = tf.backend() as { counters?: Counters }; // of convnet-webgl: they count from its start on
    const start = { ...counters };
    await task.read();
    const counted = Object.entries({ ...counters }).map(([name, count]) => [name, count - start[name]]);
    const { numBytesInGPU: inUseAfter, numBytesInGPUAllocated: allocatedAfter } = memoryInfo();
    const use = { programs: linked, draws, ...textures(), inUsePeak, inUseAfter, allocatedAfter };
    return counters ? { ...use, counters: Object.fromEntries(counted) } : use;
  };
}

const memoryInfo = () => tf.memory() as unknown as Readonly<Record<'numBytesInGPU' | 'numBytesInGPUAllocated', number>>;

/** Sizes of all textures that are made from now on; those of the swap chain and of renderbuffers are not counted. */
function watchTextures(): () => Pick<GpuUse, 'texturesPeak' | 'texturesAfter'> {
  const bytesOf = new Map<WebGLTexture, number>();
  let [total, peak] = [0, 0];
  const set = (texture: WebGLTexture | null, bytes: number) => {
    if (!texture) return;
    total += bytes - (bytesOf.get(texture) ?? 0);
    bytesOf.set(texture, bytes);
    peak = Math.max(peak, total);
  };
  // texStorage2D(target, levels, format, width, height), texImage2D(target, level, format, width, height, ...)
  const onCreate = (gl: WebGL2RenderingContext, args: readonly unknown[], rank: 2 | 3) => {
    if (rank === 2 && args.length === 6) return; // of a picture, as an upload from the page
    const [target, , format, ...sizes] = args;
    const texels = sizes.slice(0, rank).reduce<number>((product, size) => product * Number(size), 1);
    const array = target === gl.TEXTURE_3D ? gl.TEXTURE_BINDING_3D : gl.TEXTURE_BINDING_2D_ARRAY;
    set(gl.getParameter(rank === 2 ? gl.TEXTURE_BINDING_2D : array), texels * texelBytes(gl, format));
  };
  for (const name of ['texStorage', 'texImage'] as const) {
    beforeGl(`${name}2D`, (gl, args) => onCreate(gl, args, 2));
    beforeGl(`${name}3D`, (gl, args) => onCreate(gl, args, 3));
  }
  beforeGl('deleteTexture', (_, [texture]) => {
    set(texture as WebGLTexture | null, 0);
    bytesOf.delete(texture as WebGLTexture);
  });
  return () => ({ texturesPeak: peak, texturesAfter: total });
}

/** Bytes of a texel in the formats that backends compute in; the others have four, as R32F and RGBA8. */
const BYTES = { RGBA32F: 16, RGBA32I: 16, RGBA32UI: 16, RG32F: 8, RGBA16F: 8, R16F: 2, R8: 1 } as const;

function texelBytes(gl: WebGL2RenderingContext, format: unknown): number {
  const names = Object.keys(BYTES) as (keyof typeof BYTES)[];
  const name = names.find((candidate) => gl[candidate] === format);
  return name ? BYTES[name] : 4;
}
