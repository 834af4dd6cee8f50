// One draw into several textures, a render target each.

import type { BoundProgram, Drawer } from './draw.js';

/** A texture, or the first layer of an array. */
export interface Target {
  readonly handle: WebGLTexture;
  readonly isArray: boolean;
}

/** The framebuffer lives as long as the draw: textures that stay attached could be neither freed nor read. */
export function drawIntoSeveral(
  gl: WebGL2RenderingContext,
  drawer: Drawer,
  bound: BoundProgram,
  targets: readonly Target[],
  viewport: readonly [number, number, number, number],
): void {
  const framebuffer = gl.createFramebuffer() as WebGLFramebuffer;
  gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
  const attachments = targets.map((_, i) => gl.COLOR_ATTACHMENT0 + i);
  targets.forEach(({ handle, isArray }, i) => {
    if (isArray) gl.framebufferTextureLayer(gl.FRAMEBUFFER, attachments[i], handle, 0, 0);
    else gl.framebufferTexture2D(gl.FRAMEBUFFER, attachments[i], gl.TEXTURE_2D, handle, 0);
  });
  gl.drawBuffers(attachments);
  try {
    drawer.draw({ ...bound, framebuffer, viewport });
  } finally {
    gl.deleteFramebuffer(framebuffer);
  }
}
