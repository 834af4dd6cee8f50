// The abilities of the device, and what follows from them for our programs. The flags narrow it, so that tests can
// simulate a smaller device than the one they run on.

import { env } from '@tensorflow/tfjs-core';
import type { GlCaps } from '../../../kernels/glsl/caps.js';
import type { FetchForm } from '../../../kernels/glsl/tiled/layout/addressing.js';
import { tileShapes } from '../../../kernels/glsl/tiled/layout/layout.js';
import type { TileCaps } from '../../../kernels/glsl/tiled/program.js';
import { isSoftwareRenderer, rendererOf } from '../../core/renderer.js';
import { readFlag } from '../../tfjs/flags.js';
import { storesFloat32 } from './precision.js';

export function capsOf(gl: WebGL2RenderingContext): GlCaps {
  const limit = (name: GLenum, bound: number) => Math.min(gl.getParameter(name) as number, bound);
  return {
    maxTextureSize: limit(gl.MAX_TEXTURE_SIZE, readFlag('CONVNET_MAX_TEXTURE_SIZE')),
    maxDrawBuffers: limit(gl.MAX_DRAW_BUFFERS, readFlag('CONVNET_MAX_DRAW_BUFFERS')),
    float32: storesFloat32(env().getBool('WEBGL_RENDER_FLOAT32_ENABLED')),
  };
}

export function tileCapsOf(gl: WebGL2RenderingContext, { maxTextureSize, maxDrawBuffers }: GlCaps): TileCaps {
  const renderer = rendererOf(gl);
  // GPUs of Apple and of phones render by tiles of the screen, whose memory does not hold eight targets of 128 bits
  // well.
  const isTileBased = /apple|adreno|mali|powervr|xclipse/i.test(renderer);
  return {
    fetch: fetchForm(renderer),
    tile: maxDrawBuffers >= 8 && !isTileBased ? tileShapes.wide : tileShapes.square,
    maxTextureSize,
  };
}

/** `texture` is 1.4 times as fast on SwiftShader (kernels/glsl/README.md); GPUs fetch texels as such. */
function fetchForm(renderer: string): FetchForm {
  const asked = readFlag('CONVNET_FETCH');
  if (asked !== 'auto') return asked;
  return isSoftwareRenderer(renderer) ? 'texture' : 'texelFetch';
}
