// A tensor's form in blocks: a texture that is there, or one that a draw will make when somebody asks for it.

import type { BlockLayout } from '../../../../kernels/glsl/tiled/layout/layout.js';
import type { BlockTexture, Texture, Textures } from '../gl/textures.js';

/** A tensor's form in blocks. */
export interface Blocks {
  readonly layout: BlockLayout;
  /** Drawn at the latest when it is asked for. */
  readonly texture: BlockTexture;
  /** What will draw it, as long as nobody has asked. */
  readonly deferred?: Deferred;
}

/** A draw that is put off, and the textures that it will read. */
export interface Deferred {
  /** Whether another draw does its work too, so that this one is not wanted any more. */
  readonly isJoined: boolean;
  readonly sources: readonly Texture[];
  draw(target: BlockTexture): void;
}

export class DeferredBlocks implements Blocks {
  readonly layout: BlockLayout;
  readonly #textures: Textures;
  #deferred?: Deferred;
  #texture?: BlockTexture;

  readonly #draw: (texture: BlockTexture) => void;

  constructor(textures: Textures, layout: BlockLayout, deferred: Deferred, draw: (texture: BlockTexture) => void) {
    this.layout = layout;
    this.#draw = draw;
    this.#textures = textures;
    this.#deferred = deferred;
    for (const source of deferred.sources) textures.retain(source);
  }

  get deferred(): Deferred | undefined {
    return this.#deferred;
  }

  get texture(): BlockTexture {
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
    return this.#texture as BlockTexture;
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
