// The script of the page. compatibility/chromium.ts calls `globalThis.compatibility`.

import * as tf from '@tensorflow/tfjs';
import { type Measured, measure, type Request } from './measure.js';

declare global {
  var compatibility: (request: Request & { readonly input: string }) => Promise<Measured>;
}

tf.env().set('SOFTWARE_WEBGL_ENABLED', true); // else TensorFlow.js refuses WebGL on a software renderer

globalThis.compatibility = async (request) => {
  const input = await fetch(request.input);
  return measure(request, new Float32Array(await input.arrayBuffer()));
};
