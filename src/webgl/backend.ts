// The WebGL2 engine: every kernel of tfjs-backend-webgl, with the convolutions replaced by ours.

import { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import { env } from '@tensorflow/tfjs-core';
import type { GlCaps } from '../../kernels/types.js';

export class WebglBackend extends MathBackendWebGL {
  private readonly gl2 = this.gpgpu.gl as WebGL2RenderingContext;

  readonly caps: GlCaps = {
    maxTextureSize: this.gl2.getParameter(this.gl2.MAX_TEXTURE_SIZE) as number,
    maxDrawBuffers: this.gl2.getParameter(this.gl2.MAX_DRAW_BUFFERS) as number,
    float32: env().getBool('WEBGL_RENDER_FLOAT32_ENABLED'),
  };
}
