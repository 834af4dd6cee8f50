// What runs inside the page of headless Chromium, which is asked through `globalThis.bench`.

import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { probeWebgl2 } from '../../src/backend/chooseDevice.js';
import { fetchNodeModule } from '../../test/support/models/fetchNodeModule.js';
import { type LiteRt, litertPeer } from '../contestants/litert.js';
import { type LayerPeers, type Ort, ortPeer } from '../contestants/onnxRuntime.js';
import { answers, type Questions } from '../measure/compare.js';

declare global {
  var bench: Questions & { renderer(): string };
}

tf.env().set('SOFTWARE_WEBGL_ENABLED', true); // else TensorFlow.js refuses WebGL on a software renderer
tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false); // one thread and SIMD, as in Node
setWasmPaths('/node_modules/@tensorflow/tfjs-backend-wasm/wasm-out/');

/** Nothing where it is not installed. */
async function ortWeb(): Promise<LayerPeers> {
  const folder: string = '/bench/node_modules/onnxruntime-web/dist/'; // typed so that the compiler does not look for it
  const ort: Ort | undefined = await import(`${folder}ort.wasm.min.mjs`).catch(() => undefined);
  if (!ort) return {};
  ort.env.wasm.wasmPaths = folder;
  return ortPeer('ort-web', ort);
}

/** Nothing unless the server has its files. */
async function litert(): Promise<LayerPeers> {
  const script: string = '/litert.js';
  const core: LiteRt | undefined = await import(script).catch(() => undefined);
  return core ? litertPeer(core, '/bench/node_modules/@litertjs/core/wasm/') : {};
}

const layerPeers = { ...(await ortWeb()), ...(await litert()) };
const renderer = () => probeWebgl2().renderer || 'no WebGL2';
globalThis.bench = { ...answers(fetchNodeModule('/node_modules/'), layerPeers), renderer };
