// Textures that have no framebuffer of their own: they are attached to one as long as a draw lasts, because what stays
// attached could be neither freed nor read.

/** A texture, or the first layer of an array. */
export interface Target {
  readonly handle: WebGLTexture;
  readonly isArray: boolean;
}

export class LentFramebuffer {
  readonly #gl: WebGL2RenderingContext;
  #framebuffer?: WebGLFramebuffer;

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
  }

  /** Binds a framebuffer, or one that has these textures, and returns what takes them off it after the draw. */
  bind(into: WebGLFramebuffer | readonly Target[]): (() => void) | undefined {
    const gl = this.#gl;
    if (!Array.isArray(into)) {
      gl.bindFramebuffer(gl.FRAMEBUFFER, into as WebGLFramebuffer);
      return undefined;
    }
    return into.length === 1 ? this.#bindOne(into[0]) : this.#bindSeveral(into);
  }

  /** The context is gone. */
  forget(): void {
    this.#framebuffer = undefined;
  }

  dispose(): void {
    if (this.#framebuffer) this.#gl.deleteFramebuffer(this.#framebuffer);
    this.forget();
  }

  #bindOne(target: Target): () => void {
    const gl = this.#gl;
    this.#framebuffer ??= gl.createFramebuffer() as WebGLFramebuffer;
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#framebuffer);
    this.#attach(0, target);
    return () => gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, null, 0);
  }

  /** Which targets a framebuffer draws into is its own state, so this one lives no longer than the draw. */
  #bindSeveral(targets: readonly Target[]): () => void {
    const gl = this.#gl;
    const framebuffer = gl.createFramebuffer() as WebGLFramebuffer;
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    targets.forEach((target, i) => void this.#attach(i, target));
    gl.drawBuffers(targets.map((_, i) => gl.COLOR_ATTACHMENT0 + i));
    return () => gl.deleteFramebuffer(framebuffer);
  }

  #attach(i: number, { handle, isArray }: Target): void {
    const gl = this.#gl;
    const attachment = gl.COLOR_ATTACHMENT0 + i;
    if (isArray) gl.framebufferTextureLayer(gl.FRAMEBUFFER, attachment, handle, 0, 0);
    else gl.framebufferTexture2D(gl.FRAMEBUFFER, attachment, gl.TEXTURE_2D, handle, 0);
  }
}
