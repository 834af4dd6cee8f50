// Textures of ours: arrays in the tiled layout and matrices of weights, each with the framebuffer that draws into all
// its layers. A texture that is given back waits for the next tensor of its size. Beyond CONVNET_TEXTURE_CACHE_MB the
// least recently used ones are freed. TensorFlow.js's own pool knows neither arrays nor a limit.

import type { TileLayout } from '../../../../kernels/glsl/tiled/layout/layout.js';
import { readFlag } from '../../../tfjs/flags.js';

/** A texture that a draw can read. */
export interface Texture {
  readonly handle: WebGLTexture;
  readonly target: GLenum;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
}

/** A texture that a draw can write, too. */
export interface TiledTexture extends Texture {
  readonly layers: number;
  readonly framebuffer: WebGLFramebuffer;
}

export class Textures {
  readonly #gl: WebGL2RenderingContext;
  /** Whether texels are of 32 bits, not 16. */
  readonly isFloat32: boolean;
  /** The textures that wait, the least recently used first. */
  readonly #free: TiledTexture[] = [];
  /** How many users a texture has, where it is more than one. */
  readonly #users = new Map<Texture, number>();
  #freeBytes = 0;
  #usedBytes = 0;
  #usedCount = 0;

  constructor(gl: WebGL2RenderingContext, isFloat32: boolean) {
    this.#gl = gl;
    this.isFloat32 = isFloat32;
  }

  /** Bytes that hold tensors and weights. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Bytes that wait to be used again. */
  get freeBytes(): number {
    return this.#freeBytes;
  }

  /** Textures that hold something. */
  get usedCount(): number {
    return this.#usedCount;
  }

  /** Its border is zero; the rest is whatever the last user left. */
  acquire({ width, height, layers }: Pick<TileLayout, 'width' | 'height' | 'layers'>): TiledTexture {
    return this.#acquire(this.#gl.TEXTURE_2D_ARRAY, width, height, layers);
  }

  /** A 2D texture whose texels are whatever the last user left. */
  acquireMatrix({ width, height }: Pick<TileLayout, 'width' | 'height'>): TiledTexture {
    return this.#acquire(this.#gl.TEXTURE_2D, width, height, 1);
  }

  /** Runs `use` with an array that is given back at its end, whatever happens. */
  lend<T>(size: Parameters<Textures['acquire']>[0], use: (texture: TiledTexture) => T): T {
    const texture = this.acquire(size);
    try {
      return use(texture);
    } finally {
      this.release(texture);
    }
  }

  /** Runs `work`, and frees what it adds to the textures that wait. */
  leavingNothing<T>(work: () => T): T {
    const before = new Set(this.#free);
    try {
      return work();
    } finally {
      for (const texture of this.#free.filter((free) => !before.has(free))) {
        this.#free.splice(this.#free.indexOf(texture), 1);
        this.#freeBytes -= texture.bytes;
        this.#delete(texture);
      }
    }
  }

  /** One more user of a texture, which must release it too. */
  retain(texture: Texture): void {
    this.#users.set(texture, (this.#users.get(texture) ?? 1) + 1);
  }

  /** Gives a texture back; it waits for another use when its last user has done so. */
  release(texture: Texture): void {
    const others = (this.#users.get(texture) ?? 1) - 1;
    if (others > 1) this.#users.set(texture, others);
    else this.#users.delete(texture);
    if (others > 0) return;
    this.#usedBytes -= texture.bytes;
    this.#usedCount--;
    const limit = readFlag('CONVNET_TEXTURE_CACHE_MB') * 2 ** 20;
    if (texture.bytes > limit) {
      this.#delete(texture as TiledTexture);
      return;
    }
    this.#free.push(texture as TiledTexture);
    this.#freeBytes += texture.bytes;
    this.trim(limit);
  }

  /** Frees textures that wait, the least recently used first, until they take no more than `bytes`. */
  trim(bytes: number): void {
    while (this.#freeBytes > bytes) {
      const oldest = this.#free.shift() as TiledTexture;
      this.#freeBytes -= oldest.bytes;
      this.#delete(oldest);
    }
  }

  /** Fills all layers. */
  upload({ handle, target, width, height, layers }: TiledTexture, texels: Float32Array): void {
    const gl = this.#gl;
    gl.bindTexture(target, handle);
    if (target === gl.TEXTURE_2D) gl.texSubImage2D(target, 0, 0, 0, width, height, gl.RGBA, gl.FLOAT, texels);
    else gl.texSubImage3D(target, 0, 0, 0, 0, width, height, layers, gl.RGBA, gl.FLOAT, texels);
  }

  dispose(): void {
    this.trim(0);
  }

  #delete({ framebuffer, handle }: TiledTexture): void {
    this.#gl.deleteFramebuffer(framebuffer);
    this.#gl.deleteTexture(handle);
  }

  #acquire(target: GLenum, width: number, height: number, layers: number): TiledTexture {
    const at = this.#free.findIndex((free) => {
      return free.width === width && free.height === height && free.layers === layers && free.target === target;
    });
    const texture = at >= 0 ? this.#free.splice(at, 1)[0] : this.#create(target, width, height, layers);
    if (at >= 0) this.#freeBytes -= texture.bytes;
    this.#usedBytes += texture.bytes;
    this.#usedCount++;
    return texture;
  }

  #create(target: GLenum, width: number, height: number, layers: number): TiledTexture {
    const gl = this.#gl;
    const texture = this.#allocate(target, width, height, layers);
    const framebuffer = gl.createFramebuffer() as WebGLFramebuffer;
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    const attachments = Array.from({ length: layers }, (_, layer) => gl.COLOR_ATTACHMENT0 + layer);
    attachments.forEach((attachment, layer) => {
      if (target === gl.TEXTURE_2D) gl.framebufferTexture2D(gl.FRAMEBUFFER, attachment, target, texture.handle, 0);
      else gl.framebufferTextureLayer(gl.FRAMEBUFFER, attachment, texture.handle, 0, layer);
    });
    gl.drawBuffers(attachments);
    return { ...texture, layers, framebuffer };
  }

  /** The texels are zero, which WebGL promises. */
  #allocate(target: GLenum, width: number, height: number, layers: number): Texture {
    const gl = this.#gl;
    const handle = gl.createTexture() as WebGLTexture;
    const format = this.isFloat32 ? gl.RGBA32F : gl.RGBA16F;
    gl.bindTexture(target, handle);
    // With one level, a software renderer does not choose a level in each fetch.
    if (target === gl.TEXTURE_2D) gl.texStorage2D(target, 1, format, width, height);
    else gl.texStorage3D(target, 1, format, width, height, layers);
    for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(target, filter, gl.NEAREST);
    for (const wrap of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(target, wrap, gl.CLAMP_TO_EDGE);
    return { handle, target, width, height, bytes: width * height * layers * (this.isFloat32 ? 16 : 8) };
  }
}
