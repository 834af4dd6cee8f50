// What runs inside the page of headless Chromium for bench/precision.ts.

import * as tf from '@tensorflow/tfjs';
import { useBackend } from '../contestants/tfjsBackend.js';
import { type WinogradErrors, winogradErrors } from '../measure/winogradErrors.js';

declare global {
  var precision: (...args: Parameters<typeof winogradErrors>) => Promise<WinogradErrors>;
}

tf.env().set('SOFTWARE_WEBGL_ENABLED', true); // else TensorFlow.js refuses WebGL on a software renderer

globalThis.precision = async (...args) => {
  await useBackend('convnet-webgl');
  return winogradErrors(...args);
};
