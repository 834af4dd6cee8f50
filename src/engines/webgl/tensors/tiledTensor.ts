// A tensor in the tiled layout: a texture that holds it already, or one that is drawn when it is first needed.

import type { TileLayout } from '../../../../kernels/glsl/tiled/layout/layout.js';
import type { Texture, Textures, TiledTexture } from '../gl/textures.js';

/** A tensor in the tiled layout. */
export interface TiledTensor {
  readonly layout: TileLayout;
  /** The draw that will make its texture, as long as nobody has needed it. */
  readonly deferred?: Deferred;
  /** Its texture, which is drawn now if it is not there yet. */
  drawnTexture(): TiledTexture;
}

export class DrawnTensor implements TiledTensor {
  readonly layout: TileLayout;
  readonly texture: TiledTexture;

  constructor(layout: TileLayout, texture: TiledTexture) {
    this.layout = layout;
    this.texture = texture;
  }

  drawnTexture(): TiledTexture {
    return this.texture;
  }
}

/** A draw that is put off, and the textures that it will read. */
export interface Deferred {
  /** Whether another draw does its work too, so that this one is not wanted any more. */
  readonly isJoined: boolean;
  readonly sources: readonly Texture[];
  draw(target: TiledTexture): void;
}

export class DeferredTensor implements TiledTensor {
  readonly layout: TileLayout;
  readonly #textures: Textures;
  #deferred?: Deferred;
  #texture?: TiledTexture;

  readonly #draw: (texture: TiledTexture) => void;

  constructor(textures: Textures, layout: TileLayout, deferred: Deferred, draw: (texture: TiledTexture) => void) {
    this.layout = layout;
    this.#draw = draw;
    this.#textures = textures;
    this.#deferred = deferred;
    for (const source of deferred.sources) textures.retain(source);
  }

  get deferred(): Deferred | undefined {
    return this.#deferred;
  }

  drawnTexture(): TiledTexture {
    const deferred = this.#deferred;
    if (deferred) {
      const texture = this.#textures.acquire(this.layout);
      try {
        this.#draw(texture);
      } catch (error) {
        this.#textures.release(texture); // the next call must throw again
        throw error;
      }
      this.#texture = texture;
      this.#deferred = undefined;
      this.#releaseSources(deferred);
    }
    return this.#texture as TiledTexture;
  }

  /** @param isWanted Whether a recording must see the draw although nobody needs its values. */
  dispose(isWanted: boolean): void {
    if (isWanted && this.#deferred?.isJoined === false) this.#textures.release(this.drawnTexture());
    else if (this.#texture) this.#textures.release(this.#texture);
    if (this.#deferred) this.#releaseSources(this.#deferred);
    this.#deferred = undefined;
  }

  #releaseSources({ sources }: Deferred): void {
    for (const source of sources) this.#textures.release(source);
  }
}
