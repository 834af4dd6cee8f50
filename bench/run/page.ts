// What runs inside the page of headless Chromium, which is asked through `globalThis.bench`.

import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { probeWebgl2 } from '../../src/backend/chooseDevice.js';
import { fetchNodeModule } from '../../test/support/models/fetchNodeModule.js';
import { type LiteRt, litertPeer } from '../contestants/litert.js';
import { type LayerPeers, type Ort, ortPeer } from '../contestants/onnxRuntime.js';
import { answers, type Questions } from '../measure/compare.js';

declare global {
  var bench: Questions & { renderer(): string; readonly hasWebGpu: boolean };
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

/**
 * Registers TensorFlow.js's `webgpu`, where it is installed and the browser has an adapter, and says whether that is more
 * than a software renderer. Its script asks for a global `tf`.
 */
async function registerWebGpu(): Promise<boolean> {
  const { gpu } = navigator as {
    gpu?: { requestAdapter(): Promise<{ info: { isFallbackAdapter?: boolean } } | null> };
  };
  const adapter = await gpu?.requestAdapter().catch(() => null);
  if (!adapter) return false;
  Object.assign(globalThis, { tf: { ...tf } });
  const script: string = '/bench/node_modules/@tensorflow/tfjs-backend-webgpu/dist/tf-backend-webgpu.es2017.min.js';
  await import(script).catch(() => {});
  return tf.findBackendFactory('webgpu') != null && !adapter.info.isFallbackAdapter;
}

const layerPeers = { ...(await ortWeb()), ...(await litert()) };
const renderer = () => probeWebgl2().renderer || 'no WebGL2';
const hasWebGpu = await registerWebGpu();
globalThis.bench = { ...answers(fetchNodeModule('/node_modules/'), layerPeers), renderer, hasWebGpu };
