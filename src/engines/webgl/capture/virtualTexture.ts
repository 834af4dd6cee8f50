// Textures of a recorded run. One texture serves several tensors, one after the other; each such use is a virtual texture.
// Those whose values depend on the inputs get textures of the replay by their lifetimes. The others are constants: they
// keep the texture in which the run has left their values.

import type { PoolTexture } from '../gl/budget.js';

export class VirtualTexture {
  /** Whether a draw into it has read values that depend on the inputs. */
  isDynamic = false;
  /** Whether values of JavaScript have gone into it. */
  isUploaded = false;
  /** Whether nobody but the recording uses it any more. */
  isReleased = false;
  /** The texture that replays use; at first that of the run. */
  handle: WebGLTexture;
  /** The framebuffer that draws into it, if it has one of its own. */
  framebuffer?: WebGLFramebuffer;

  constructor(
    /** Its number among those of the run; -1 for textures that exist without it. */
    readonly index: number,
    readonly texture: Pick<PoolTexture, 'handle' | 'target' | 'layers'> & Partial<PoolTexture>,
  ) {
    this.handle = texture.handle;
    this.framebuffer = texture.framebuffer;
  }

  use({ handle, framebuffer }: Pick<PoolTexture, 'handle' | 'framebuffer'>): void {
    this.handle = handle;
    this.framebuffer = framebuffer;
  }
}

/** When a virtual texture is in use: from the first step that writes it to the last one that reads it. */
export interface TextureLife {
  /** Those of the same key can share a texture. */
  readonly key: string;
  readonly from: number;
  readonly to: number;
}

/**
 * Places textures of known lifetimes in as few textures as possible: those of one key, in the order in which they begin,
 * each in one that is free. A texture is free in the step after its last one, because no draw may write what it reads.
 *
 * @returns The number of the texture for each life, and the key of each texture.
 */
export function planTextures(lives: readonly TextureLife[]): { readonly places: number[]; readonly keys: string[] } {
  const places: number[] = [];
  const keys: string[] = [];
  /** The last step of what each texture holds. */
  const ends: number[] = [];
  const byKey = new Map<string, number[]>();
  const order = lives.map((_, i) => i).sort((a, b) => lives[a].from - lives[b].from);
  for (const i of order) {
    const { key, from, to } = lives[i];
    const own = byKey.get(key) ?? [];
    byKey.set(key, own);
    let place = own.find((one) => ends[one] < from);
    if (place === undefined) {
      place = keys.push(key) - 1;
      own.push(place);
    }
    places[i] = place;
    ends[place] = to;
  }
  return { places, keys };
}
