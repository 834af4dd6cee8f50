// The page of `npm run soak`.

import * as tf from '@tensorflow/tfjs';
import '../../src/index.js';
import { names, type Sample, type SoakRequest, soak } from './soak.js';

tf.env().set('SOFTWARE_WEBGL_ENABLED', true);
await tf.setBackend('convnet-webgl');

declare global {
  /** Given by browser.ts. */
  var soakSampled: (sample: Sample) => Promise<void>;
  var soakPage: { readonly names: readonly string[]; run(request: SoakRequest): Promise<void> };
}
globalThis.soakPage = { names, run: (request) => soak(request, (sample) => globalThis.soakSampled(sample)) };
