// What runs inside the page; verify/chromium.ts asks through `globalThis.verify`.

import * as tf from '@tensorflow/tfjs';
import { type Measured, measure, type Request } from './measure.js';

declare global {
  var verify: (request: Request & { readonly input: string }) => Promise<Measured>;
}

tf.env().set('SOFTWARE_WEBGL_ENABLED', true); // else TensorFlow.js refuses WebGL on a software renderer

globalThis.verify = async (request) => {
  const input = await fetch(request.input);
  return measure(request, new Float32Array(await input.arrayBuffer()));
};
