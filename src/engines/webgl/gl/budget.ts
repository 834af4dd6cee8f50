// Textures that wait to be used again. Those in the tiled layout and those of TensorFlow.js's kernels wait in shelves of
// their own and share one budget, CONVNET_TEXTURE_CACHE_MB: beyond it the least recently used go, whichever they are.

import { readFlag } from '../../../tfjs/flags.js';
import { UnlookedTextures } from './unlooked.js';

/** A texture that is in use, of either kind. */
export interface PoolTexture {
  readonly handle: WebGLTexture;
  readonly target: GLenum;
  /** Layers, each with a render target of its own; 1 for a 2D texture. */
  readonly layers: number;
  /** The framebuffer that draws into all layers, if the texture has one of its own. */
  readonly framebuffer?: WebGLFramebuffer;
  readonly bytes: number;
  /** Textures of the same key can stand in for one another. */
  readonly key: string;
  /** Takes another one of its key. */
  another(): PoolTexture;
  /** Gives it back. */
  release(): void;
}

/** What listens to textures while a model is captured (src/engines/webgl/capture). */
export interface TextureRecording {
  acquired(texture: PoolTexture): void;
  /** Returns whether the recording keeps the texture, which is in use then as before. */
  released(handle: WebGLTexture): boolean;
}

/** Something that waits and can be freed. */
interface Waiting {
  readonly texture: unknown;
  readonly bytes: number;
  drop(): void;
}

export class TextureBudget {
  /** The least recently used first. */
  readonly #waiting = new Set<Waiting>();
  #bytes = 0;
  /** Set while a model is captured. */
  recording?: TextureRecording;
  /** Set while the results of work tell whether its textures are sound: new ones are not looked at then. */
  isUnchecked = false;
  readonly unlooked = new UnlookedTextures();
  /** Who relies on textures in use, and is told when they are given back. */
  readonly guards = new Map<WebGLTexture, Set<() => void>>();

  /** Tells that a texture is about to be given back. Returns whether a recording keeps it. */
  leaves(handle: WebGLTexture): boolean {
    if (this.recording?.released(handle)) return true;
    for (const tell of this.guards.get(handle) ?? []) tell();
    return false;
  }

  /** Bytes that wait, on all shelves. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What may wait, in bytes. */
  static get limit(): number {
    return readFlag('CONVNET_TEXTURE_CACHE_MB') * 2 ** 20;
  }

  add(waiting: Waiting): void {
    this.#waiting.add(waiting);
    this.#bytes += waiting.bytes;
  }

  remove(waiting: Waiting): void {
    if (this.#waiting.delete(waiting)) this.#bytes -= waiting.bytes;
  }

  /** Runs `work`, and frees what it adds to the textures that wait. */
  leavingNothing<T>(work: () => T): T {
    const before = new Set([...this.#waiting].map(({ texture }) => texture));
    try {
      return work();
    } finally {
      for (const waiting of [...this.#waiting]) {
        if (before.has(waiting.texture)) continue;
        this.remove(waiting);
        waiting.drop();
      }
    }
  }

  /** Lets go of what waits without freeing it, because its context is gone. */
  forget(): void {
    this.#waiting.clear();
    this.#bytes = 0;
    this.unlooked.forget();
  }

  /** Frees what waits, the least recently used first, until it takes no more than `bytes`. */
  trim(bytes: number): void {
    for (const waiting of this.#waiting) {
      if (this.#bytes <= bytes) return;
      this.remove(waiting);
      waiting.drop();
    }
  }
}

/** Textures of one kind that wait, by a key that says what they are good for. */
export class Shelf<T> {
  readonly #budget: TextureBudget;
  readonly #free: (texture: T) => void;
  readonly #byKey = new Map<number, (Waiting & { readonly texture: T })[]>();
  #bytes = 0;
  #count = 0;

  constructor(budget: TextureBudget, free: (texture: T) => void) {
    this.#budget = budget;
    this.#free = free;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get count(): number {
    return this.#count;
  }

  take(key: number): T | undefined {
    const list = this.#byKey.get(key);
    const found = list?.pop();
    if (!list || !found) return undefined;
    this.#budget.remove(found);
    this.#leave(key, list, found.bytes);
    return found.texture;
  }

  /** Keeps a texture, or frees it where it is larger than the whole budget. */
  put(key: number, texture: T, bytes: number): void {
    const { limit } = TextureBudget;
    if (bytes > limit) {
      this.#free(texture);
      return;
    }
    const list = this.#byKey.get(key) ?? [];
    this.#byKey.set(key, list);
    const waiting = {
      texture,
      bytes,
      drop: () => {
        list.splice(list.indexOf(waiting), 1);
        this.#leave(key, list, bytes);
        this.#free(texture);
      },
    };
    list.push(waiting);
    this.#bytes += bytes;
    this.#count++;
    this.#budget.add(waiting);
    this.#budget.trim(limit);
  }

  /** Lets go of all that wait here; the budget forgets them too. */
  forget(): void {
    this.#byKey.clear();
    this.#bytes = 0;
    this.#count = 0;
  }

  /** Frees all that wait here. */
  clear(): void {
    for (const list of [...this.#byKey.values()]) {
      for (const waiting of [...list]) {
        this.#budget.remove(waiting);
        waiting.drop();
      }
    }
  }

  #leave(key: number, list: readonly unknown[], bytes: number): void {
    if (list.length === 0) this.#byKey.delete(key);
    this.#bytes -= bytes;
    this.#count--;
  }
}
