// New textures that are looked at later. Asking a driver for errors waits for all that it was given before, which in a
// first prediction is the compilation of programs. So while results can be computed again (../calls.ts) small textures
// are looked at together, where results are read and the driver is waited for anyway.

/** A larger texture, or one beyond so many bytes of them, is looked at when it is made. */
const LARGE = 2 ** 22;
const MOST_BYTES = 2 ** 27;

export class UnlookedTextures {
  /** Whether what is computed now can be computed again. */
  canRepeat = () => false;
  readonly #textures = new Set<WebGLTexture>();
  readonly #unsound = new WeakSet<WebGLTexture>();
  #bytes = 0;
  #isSound = true;
  #isWary = false;

  /** Whether the context had an error once: from then on each texture is looked at when it is made. */
  get isWary(): boolean {
    return this.#isWary;
  }

  /** Whether a new texture of so many bytes may be looked at later. */
  mayWait(bytes: number): boolean {
    return !this.#isWary && bytes <= LARGE && this.#bytes + bytes <= MOST_BYTES && this.canRepeat();
  }

  add(handle: WebGLTexture, bytes: number): void {
    this.#textures.add(handle);
    this.#bytes += bytes;
  }

  /** Told of an error of the context, which may be that of any of them. */
  noteError(): void {
    for (const handle of this.#textures) this.#unsound.add(handle);
    if (this.#textures.size > 0) this.#isSound = false;
    this.#isWary = true;
  }

  /** Looks at them. If one may be unsound, so may be all that has been computed in them. */
  areSound(gl: WebGL2RenderingContext): boolean {
    if (this.#textures.size === 0) return true;
    for (let i = 0; i < 8 && gl.getError() !== gl.NO_ERROR; i++) this.noteError();
    const isSound = this.#isSound;
    this.forget();
    return isSound;
  }

  /** Whether a texture must be used for nothing else. */
  isUnsound(handle: WebGLTexture): boolean {
    return this.#unsound.has(handle);
  }

  /** They have been looked at, or their context is gone. */
  forget(): void {
    this.#textures.clear();
    this.#bytes = 0;
    this.#isSound = true;
  }
}
