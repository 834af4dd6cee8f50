// The variants of both engines that a page can run: WebGL2 with eight and with four render targets, and on textures of
// 16-bit floats.

import * as tf from '@tensorflow/tfjs';
import { setWebGLContext } from '@tensorflow/tfjs-backend-webgl';
import { tileShapes } from '../../kernels/glsl/tiled/layout/layout.js';
import { registerConvnet } from '../../src/backend/register.js';
import { WebglBackend } from '../../src/engines/webgl/backend.js';
import '../../src/index.js';

export const pageBackends = ['convnet-webgl', 'convnet-webgl-narrow', 'convnet-webgl-f16'] as const;

/** The factor of the tolerances: GLSL promises less of its functions, and a 16-bit float has 11 bits instead of 24. */
export const slackOf = (backend: string): number => (backend.endsWith('f16') ? 2 ** 13 : 16);

export async function registerPageBackends(): Promise<void> {
  tf.env().set('SOFTWARE_WEBGL_ENABLED', true);
  await tf.setBackend('convnet-webgl');
  const { gl2 } = tf.backend() as WebglBackend;
  tf.registerBackend('convnet-webgl-narrow', () => {
    const backend = new WebglBackend(document.createElement('canvas'));
    setWebGLContext(2, gl2); // TensorFlow.js's default stays as it was
    Object.assign(backend.tensors.caps, { tile: tileShapes.square, fetch: 'texelFetch' });
    return backend;
  });
  for (const kernel of tf.getKernelsForBackend('convnet-webgl')) {
    tf.registerKernel({ ...kernel, backendName: 'convnet-webgl-narrow' });
  }
  tf.env().set('WEBGL_FORCE_F16_TEXTURES', true);
  registerConvnet('convnet-webgl-f16', 'webgl');
  await tf.setBackend('convnet-webgl-f16');
  tf.env().set('WEBGL_FORCE_F16_TEXTURES', false);
}
