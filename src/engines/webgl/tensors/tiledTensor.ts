// A tensor's form in tiles: a texture that is there, or one that a draw will make when somebody asks for it.

import type { TileLayout } from '../../../../kernels/glsl/tiled/layout/layout.js';
import type { Texture, Textures, TiledTexture } from '../gl/textures.js';

/** A tensor's form in tiles. */
export interface TiledTensor {
  readonly layout: TileLayout;
  /** Drawn at the latest when it is asked for. */
  readonly texture: TiledTexture;
  /** What will draw it, as long as nobody has asked. */
  readonly deferred?: Deferred;
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

  get texture(): TiledTexture {
    const deferred = this.#deferred;
    if (deferred) {
      const texture = this.#textures.acquire(this.layout);
      try {
        this.#draw(texture);
      } catch (error) {
        this.#textures.release(texture); // whoever asks again must get the error again
        throw error;
      }
      this.#texture = texture;
      this.#deferred = undefined;
      this.#releaseSources(deferred);
    }
    return this.#texture as TiledTexture;
  }

  /** @param isWanted Whether the draw is to be seen by a recording although nobody wants its values. */
  dispose(isWanted: boolean): void {
    if (isWanted && this.#deferred?.isJoined === false) this.#textures.release(this.texture);
    else if (this.#texture) this.#textures.release(this.#texture);
    if (this.#deferred) this.#releaseSources(this.#deferred);
    this.#deferred = undefined;
  }

  #releaseSources({ sources }: Deferred): void {
    for (const source of sources) this.#textures.release(source);
  }
}
