// The textures of TensorFlow.js's own kernels. This stands in for its texture manager, which keeps every texture for ever
// and does not see that one could not be allocated.

import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import type { Texture as TfjsTexture } from '@tensorflow/tfjs-backend-webgl/dist/tex_util.js';
import type { TextureManager } from '@tensorflow/tfjs-backend-webgl/dist/texture_manager.js';
import { env } from '@tensorflow/tfjs-core';
import { type PoolTexture, Shelf, type TextureBudget } from './budget.js';
import { DrawQueue } from './drawQueue.js';
import { soundTexture } from './soundTexture.js';

type Gpgpu = MathBackendWebGL['gpgpu'];
type Acquire = Parameters<TextureManager['acquireTexture']>;

/** The numbers of TensorFlow.js's `TextureUsage`; none means a texture that a draw fills. */
const usages = { upload: 1, pixels: 2, download: 3 } as const;

/** What a texture holds. */
interface Kind {
  readonly id: number;
  readonly bytesPerTexel: number;
  /** Whether a texel has 2x2 values. */
  readonly isPacked: boolean;
  /** Whether draws must be able to fill it. */
  readonly isTarget: boolean;
  create(gpgpu: Gpgpu, rows: number, columns: number): TfjsTexture;
}

const kinds = {
  float32: {
    ...{ id: 0, bytesPerTexel: 4, isPacked: false, isTarget: true },
    create: (gpgpu, rows, columns) => gpgpu.createFloat32MatrixTexture(rows, columns),
  },
  float16: {
    ...{ id: 1, bytesPerTexel: 2, isPacked: false, isTarget: true },
    create: (gpgpu, rows, columns) => gpgpu.createFloat16MatrixTexture(rows, columns),
  },
  packed32: {
    ...{ id: 2, bytesPerTexel: 16, isPacked: true, isTarget: true },
    create: (gpgpu, rows, columns) => gpgpu.createPackedMatrixTexture(rows, columns),
  },
  packed16: {
    ...{ id: 3, bytesPerTexel: 8, isPacked: true, isTarget: true },
    create: (gpgpu, rows, columns) => gpgpu.createFloat16PackedMatrixTexture(rows, columns),
  },
  upload: {
    ...{ id: 4, bytesPerTexel: 16, isPacked: true, isTarget: false },
    create: (gpgpu, rows, columns) => gpgpu.createPackedMatrixTexture(rows, columns),
  },
  bytes: {
    ...{ id: 5, bytesPerTexel: 4, isPacked: false, isTarget: false },
    create: (gpgpu, rows, columns) => gpgpu.createUnsignedBytesMatrixTexture(rows, columns),
  },
} as const satisfies Readonly<Record<string, Kind>>;

interface Held {
  readonly key: number;
  readonly bytes: number;
}

/** The part of TensorFlow.js's texture manager that its backend calls. */
export type TfjsTextureManager = Pick<
  TextureManager,
  | 'acquireTexture'
  | 'releaseTexture'
  | 'numBytesAllocated'
  | 'numBytesFree'
  | 'getNumUsedTextures'
  | 'getNumFreeTextures'
  | 'dispose'
>;

export class TfjsTextures implements TfjsTextureManager {
  readonly #gl: WebGL2RenderingContext;
  readonly #gpgpu: Gpgpu;
  readonly #budget: TextureBudget;
  readonly #shelf: Shelf<TfjsTexture>;
  #used = new Map<TfjsTexture, Held>();
  #usedBytes = 0;
  #framebuffer?: WebGLFramebuffer;

  constructor(gpgpu: Gpgpu, budget: TextureBudget) {
    this.#gl = gpgpu.gl as WebGL2RenderingContext;
    this.#gpgpu = gpgpu;
    this.#budget = budget;
    this.#shelf = new Shelf(budget, (texture) => this.#delete(texture));
  }

  get numBytesAllocated(): number {
    return this.#usedBytes + this.#shelf.bytes;
  }

  get numBytesFree(): number {
    return this.#shelf.bytes;
  }

  getNumUsedTextures(): number {
    return this.#used.size;
  }

  getNumFreeTextures(): number {
    return this.#shelf.count;
  }

  acquireTexture(...args: Acquire): TfjsTexture {
    const texture = this.#acquire(args);
    this.#budget.recording?.acquired(this.#pooled(texture, args));
    return texture;
  }

  releaseTexture(...[texture]: Parameters<TextureManager['releaseTexture']>): void {
    const held = this.#used.get(texture);
    if (!held || this.#budget.leaves(texture.texture)) return; // of before dispose(), or kept by a recording
    const { key, bytes } = held;
    const threshold = env().getNumber('WEBGL_DELETE_TEXTURE_THRESHOLD');
    const isTooMuch = threshold !== -1 && this.numBytesAllocated > threshold;
    this.#used.delete(texture);
    this.#usedBytes -= bytes;
    if (isTooMuch) this.#delete(texture);
    else this.#shelf.put(key, texture, bytes);
  }

  /** Lets go of all textures, because their context is gone. */
  forget(): void {
    this.#used = new Map();
    this.#usedBytes = 0;
    this.#shelf.forget();
    this.#framebuffer = undefined;
  }

  dispose(): void {
    for (const { texture } of this.#used.keys()) this.#gpgpu.deleteMatrixTexture(texture);
    this.#used = new Map();
    this.#usedBytes = 0;
    this.#shelf.clear();
    if (this.#framebuffer) this.#gl.deleteFramebuffer(this.#framebuffer);
    this.#framebuffer = undefined;
  }

  #acquire([shape, usage, isPacked]: Acquire): TfjsTexture {
    const kind = kindOf(usage, isPacked);
    const [height, width] = kind.isPacked ? shape.map((size) => Math.max(1, Math.ceil(size / 2))) : shape;
    const key = (width * 2 ** 17 + height) * 8 + kind.id;
    const texture = this.#shelf.take(key) ?? this.#create(kind, shape, [height, width]);
    const bytes = width * height * kind.bytesPerTexel;
    this.#used.set(texture, { key, bytes });
    this.#usedBytes += bytes;
    return texture;
  }

  #pooled(texture: TfjsTexture, args: Acquire): PoolTexture {
    const { key, bytes } = this.#used.get(texture) as Held;
    return {
      ...{ handle: texture.texture, target: this.#gl.TEXTURE_2D, layers: 1, bytes, key: `tfjs ${key}` },
      another: () => this.#pooled(this.#acquire(args), args),
      release: () => this.releaseTexture(texture, ...args),
    };
  }

  /** Draws that wait may read it. */
  #delete({ texture }: TfjsTexture): void {
    DrawQueue.of(this.#gl).inOrder(() => this.#gpgpu.deleteMatrixTexture(texture));
  }

  #create(...args: [kind: Kind, size: readonly [number, number], texels: readonly number[]]): TfjsTexture {
    return DrawQueue.of(this.#gl).aside(() => this.#createAside(...args));
  }

  #createAside(
    kind: Kind,
    [rows, columns]: readonly [number, number],
    [height, width]: readonly number[],
  ): TfjsTexture {
    const gl = this.#gl;
    try {
      return soundTexture(gl, this.#budget, {
        make: () => {
          const made = kind.create(this.#gpgpu, rows, columns);
          if (kind.isTarget) this.#attach(made.texture);
          else gl.bindFramebuffer(gl.FRAMEBUFFER, null);
          return made;
        },
        free: ({ texture }) => gl.deleteTexture(texture),
        about: { width, height, MB: Math.ceil((width * height * kind.bytesPerTexel) / 2 ** 20) },
      });
    } finally {
      if (kind.isTarget) this.#attach(null); // what is attached here can be neither freed nor read
    }
  }

  /** Binds a framebuffer with the texture, to be asked whether it is complete. */
  #attach(texture: WebGLTexture | null): void {
    const gl = this.#gl;
    this.#framebuffer ??= gl.createFramebuffer() ?? undefined;
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#framebuffer ?? null);
    if (this.#framebuffer) gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
  }
}

function kindOf(usage: Acquire[1] | null, isPacked: boolean): Kind {
  if (usage === usages.upload) return kinds.upload;
  if (usage === usages.pixels || usage === usages.download) return kinds.bytes;
  const is32 = env().getBool('WEBGL_RENDER_FLOAT32_ENABLED');
  if (isPacked) return is32 ? kinds.packed32 : kinds.packed16;
  return is32 ? kinds.float32 : kinds.float16;
}
