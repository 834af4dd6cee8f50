// The devices that the kernels in the tiled layout are tested on: the one there is, and one with four render targets on
// which texels are fetched as GPUs do it.

import * as tf from '@tensorflow/tfjs';
import { setWebGLContext } from '@tensorflow/tfjs-backend-webgl';
import { tileShapes } from '../../../kernels/glsl/tiled/layout/layout.js';
import { WebglBackend } from '../../../src/engines/webgl/backend.js';
import { useBackend } from '../backends.js';

const narrow = 'convnet-webgl-narrow';

/** Runs a suite on both, with the checks of `useBackend`. */
export function onEveryDevice(title: string, suite: () => void): void {
  describe(title, () => {
    useBackend('convnet-webgl');
    suite();
  });
  describe(`${title}, four render targets`, () => {
    before(registerNarrow);
    useBackend(narrow);
    suite();
    after(async () => {
      await tf.setBackend('convnet-webgl');
      tf.removeBackend(narrow);
      for (const { kernelName } of tf.getKernelsForBackend(narrow)) tf.unregisterKernel(kernelName, narrow);
    });
  });
}

/** It has a GL context of its own: programs are kept by context and name, and those of one device serve no other. */
async function registerNarrow(): Promise<void> {
  await tf.setBackend('convnet-webgl');
  const { gl2 } = tf.backend() as WebglBackend;
  tf.registerBackend(narrow, () => {
    const backend = new WebglBackend(document.createElement('canvas'));
    setWebGLContext(2, gl2); // leave TensorFlow.js's default as it was
    Object.assign(backend.tensors.caps, { tile: tileShapes.square, fetch: 'texelFetch' });
    return backend;
  });
  for (const kernel of tf.getKernelsForBackend('convnet-webgl')) tf.registerKernel({ ...kernel, backendName: narrow });
}
