// A new texture, looked at once: whether the GPU had the memory and can render into it. Asking waits for the driver, so
// only new textures are asked for: those from a shelf have been sound before, and a self-test has its results to look at.
// Some are looked at later (unlooked.ts).

import type { TextureBudget } from './budget.js';
import { ContextLoss } from './contextLoss.js';
import { TextureFailure } from './failures.js';

interface NewTexture<T> {
  /** Makes it, and leaves the framebuffer bound that renders into it, if there is one. */
  make(): T;
  free(texture: T): void;
  /** Sizes for the error. */
  readonly about: Readonly<Record<string, number>>;
}

/**
 * Makes a texture. Where that fails all textures that wait are freed and it is tried once more, which also tells a failure
 * from an error that others have left behind in the context.
 */
export function soundTexture<T>(
  gl: WebGL2RenderingContext,
  budget: TextureBudget,
  { make, free, about }: NewTexture<T>,
): T {
  const loss = ContextLoss.of(gl);
  for (const isLast of [false, true]) {
    loss.check();
    const texture = make();
    if (budget.isUnchecked) return texture;
    const problem = problemOf(gl);
    if (problem === undefined) return texture;
    budget.unlooked.noteError();
    free(texture);
    loss.check();
    budget.trim(0);
    forgetErrors(gl);
    if (isLast) throw new TextureFailure({ ...about, problem });
  }
  throw new TextureFailure(about); // not reached
}

function problemOf(gl: WebGL2RenderingContext): string | undefined {
  const error = gl.getError();
  if (error !== gl.NO_ERROR) return errorNames[error] ?? `GL error ${error}`;
  const status = gl.checkFramebufferStatus(gl.FRAMEBUFFER);
  return status === gl.FRAMEBUFFER_COMPLETE ? undefined : `incomplete framebuffer, ${status}`;
}

const errorNames: Readonly<Record<number, string>> = {
  1280: 'INVALID_ENUM',
  1281: 'INVALID_VALUE',
  1282: 'INVALID_OPERATION',
  1285: 'OUT_OF_MEMORY',
  1286: 'INVALID_FRAMEBUFFER_OPERATION',
};

/** A context holds one error of each kind. */
function forgetErrors(gl: WebGL2RenderingContext): void {
  for (let i = 0; i < 8 && gl.getError() !== gl.NO_ERROR; i++);
}
