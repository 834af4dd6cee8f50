// Textures of ours: arrays in the tiled layout and matrices of weights, each with the framebuffer that draws into all
// its layers. A texture that is given back waits for the next tensor of its size, within the budget of all textures.

import type { TileLayout } from '../../../../kernels/glsl/tiled/layout/layout.js';
import { type PoolTexture, Shelf, TextureBudget } from './budget.js';
import { ContextLoss } from './contextLoss.js';
import { DrawQueue } from './drawQueue.js';
import { soundTexture } from './soundTexture.js';

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
  readonly #queue: DrawQueue;
  /** Whether texels are of 32 bits, not 16. */
  readonly isFloat32: boolean;
  /** What waits, with the textures of TensorFlow.js's kernels. */
  readonly budget = new TextureBudget();
  readonly #shelf = new Shelf<TiledTexture>(this.budget, (texture) => this.#delete(texture));
  /** How many users a texture has, where it is more than one. */
  readonly #users = new Map<Texture, number>();
  /** Textures that no draw can wait for, because they are new. */
  readonly #new = new WeakSet<TiledTexture>();
  #usedBytes = 0;
  #isLookedAt = false;
  readonly #used = new Set<Texture>();

  constructor(gl: WebGL2RenderingContext, isFloat32: boolean) {
    this.#gl = gl;
    this.#queue = DrawQueue.of(gl);
    this.isFloat32 = isFloat32;
  }

  /** Bytes that hold tensors and weights. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Bytes that wait to be used again. */
  get freeBytes(): number {
    return this.#shelf.bytes;
  }

  /** Textures that hold something. */
  get usedCount(): number {
    return this.#used.size;
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
    return this.budget.leavingNothing(work);
  }

  /** Runs work whose results tell whether its new textures are sound; nobody waits for the driver to say so. */
  unchecked<T>(work: () => T): T {
    const { budget } = this;
    budget.isUnchecked = true;
    try {
      return work();
    } finally {
      budget.isUnchecked = false;
    }
  }

  /**
   * Runs work whose new textures are looked at when they are made, because they stay if results are computed again.
   *
   * @param isLasting Whether they stay after a self-test too, if one makes them.
   */
  lookedAt<T>(work: () => T, isLasting = false): T {
    const { budget } = this;
    const before = [this.#isLookedAt, budget.isUnchecked] as const;
    this.#isLookedAt = true;
    if (isLasting) budget.isUnchecked = false;
    try {
      return work();
    } finally {
      [this.#isLookedAt, budget.isUnchecked] = before;
    }
  }

  /** Whether the driver has had no error with new textures that nobody has looked at. */
  areSound(): boolean {
    const areSound = this.budget.unlooked.areSound(this.#gl);
    if (!areSound) this.budget.trim(0); // they may be among those that wait
    return areSound;
  }

  /** One more user of a texture, which must release it too. */
  retain(texture: Texture): void {
    this.#users.set(texture, (this.#users.get(texture) ?? 1) + 1);
  }

  /** Gives a texture back; it waits for another use when its last user has done so. */
  release(texture: Texture): void {
    if (!this.#used.has(texture)) return; // of a context that was lost
    const others = (this.#users.get(texture) ?? 1) - 1;
    if (others > 1) this.#users.set(texture, others);
    else this.#users.delete(texture);
    if (others > 0 || this.budget.leaves(texture.handle)) return;
    this.#usedBytes -= texture.bytes;
    this.#used.delete(texture);
    this.#new.delete(texture as TiledTexture);
    if (this.budget.unlooked.isUnsound(texture.handle)) this.#delete(texture as TiledTexture);
    else this.#shelf.put(keyOf(texture as TiledTexture), texture as TiledTexture, texture.bytes);
  }

  /** Frees textures that wait, the least recently used first, until they take no more than `bytes`. */
  trim(bytes: number): void {
    this.budget.trim(bytes);
  }

  /** Fills all layers of a texture that has just been acquired. The texels must not change afterwards. */
  upload(texture: TiledTexture, texels: Float32Array): void {
    const gl = this.#gl;
    const { handle, target, width, height, layers } = texture;
    const fill = () => {
      gl.bindTexture(target, handle);
      if (target === gl.TEXTURE_2D) gl.texSubImage2D(target, 0, 0, 0, width, height, gl.RGBA, gl.FLOAT, texels);
      else gl.texSubImage3D(target, 0, 0, 0, 0, width, height, layers, gl.RGBA, gl.FLOAT, texels);
    };
    if (this.#new.has(texture)) this.#queue.aside(fill);
    else this.#queue.inOrder(fill);
  }

  /** Lets go of all textures, because their context is gone. */
  forget(): void {
    this.#used.clear();
    this.#users.clear();
    this.#usedBytes = 0;
    this.#shelf.forget();
    this.budget.forget();
  }

  dispose(): void {
    this.#shelf.clear();
  }

  #delete({ framebuffer, handle }: TiledTexture): void {
    this.#queue.inOrder(() => {
      this.#gl.deleteFramebuffer(framebuffer);
      this.#gl.deleteTexture(handle);
    });
  }

  #acquire(target: GLenum, width: number, height: number, layers: number): TiledTexture {
    const size = { target, width, height, layers };
    const texture = this.#shelf.take(keyOf(size)) ?? this.#createSound(size);
    this.#usedBytes += texture.bytes;
    this.#used.add(texture);
    this.budget.recording?.acquired(this.#pooled(texture));
    return texture;
  }

  #pooled(texture: TiledTexture): PoolTexture {
    const { handle, target, framebuffer, layers, width, height, bytes } = texture;
    return {
      ...{ handle, target, framebuffer, layers, bytes, key: `tiled ${keyOf(texture)}` },
      another: () => this.#pooled(this.#acquire(target, width, height, layers)),
      release: () => this.release(texture),
    };
  }

  #createSound({ target, width, height, layers }: Size): TiledTexture {
    const { unlooked, isUnchecked } = this.budget;
    const bytes = width * height * layers * this.#texelBytes;
    if (!isUnchecked && !this.#isLookedAt && unlooked.mayWait(bytes)) {
      ContextLoss.of(this.#gl).check();
      const texture = this.#make(target, width, height, layers);
      unlooked.add(texture.handle, bytes);
      return texture;
    }
    return soundTexture(this.#gl, this.budget, {
      make: () => this.#make(target, width, height, layers),
      free: (texture) => this.#delete(texture),
      about: { width, height, layers, MB: Math.ceil(bytes / 2 ** 20) },
    });
  }

  #make(target: GLenum, width: number, height: number, layers: number): TiledTexture {
    const texture = this.#queue.aside(() => this.#create(target, width, height, layers));
    this.#new.add(texture);
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
    return { handle, target, width, height, bytes: width * height * layers * this.#texelBytes };
  }

  get #texelBytes(): number {
    return this.isFloat32 ? 16 : 8;
  }
}

type Size = Pick<TiledTexture, 'target' | 'width' | 'height' | 'layers'>;

/** Matrices, which are no arrays, have an even key. */
function keyOf({ target, width, height, layers }: Size): number {
  const isArray = target !== WebGL2RenderingContext.TEXTURE_2D;
  return ((width * 2 ** 17 + height) * 16 + layers) * 2 + Number(isArray);
}
