// What runs inside the page of headless Chromium, which is asked for one comparison at a time through `globalThis.bench`.

import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { probeWebgl2 } from '../src/backend/chooseDevice.js';
import { fetchNodeModule } from '../test/support/models/fetchNodeModule.js';
import { type Comparisons, comparisons, type LayerPeers } from './compare.js';
import { type Ort, ortPeer } from './ort.js';
import { ONNX_PATH, ORT_FILES, WASM_FILES } from './paths.js';
import type { Problem } from './problem.js';

export interface BenchPage extends Comparisons {
  renderer(): string;
  readonly tfjs: string;
}

declare global {
  var bench: BenchPage;
}

tf.env().set('SOFTWARE_WEBGL_ENABLED', true); // else TensorFlow.js refuses WebGL on a software renderer
tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false); // one thread and SIMD, as in Node
setWasmPaths(`/${WASM_FILES}`);

/** Nothing where it is not installed. */
async function ortWeb(): Promise<LayerPeers> {
  const path: string = `/${ORT_FILES}ort.wasm.min.mjs`; // typed so that the compiler does not look for it
  const ort: Ort | undefined = await import(path).catch(() => undefined);
  if (!ort) return {};
  ort.env.wasm.wasmPaths = `/${ORT_FILES}`;
  return ortPeer('ort-web', ort, async ({ layer }: Problem) => {
    const response = await fetch(`/${ONNX_PATH}?layer=${encodeURIComponent(layer.name)}`);
    return new Uint8Array(await response.arrayBuffer());
  });
}

globalThis.bench = {
  ...comparisons(fetchNodeModule('/node_modules/'), await ortWeb()),
  renderer: () => probeWebgl2().renderer || 'no WebGL2',
  tfjs: tf.version.tfjs,
};
