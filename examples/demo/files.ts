/**
 * The addresses of the page's files that are not code. Vite copies each into the built page under a new name.
 */
import wasmPlain from '../../node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import wasmSimd from '../../node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import wasmThreads from '../../node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import esrganWeights from '../../node_modules/@upscalerjs/esrgan-slim/models/x2/group1-shard1of1.bin?url';
import esrganModel from '../../node_modules/@upscalerjs/esrgan-slim/models/x2/model.json?url';
import mobilenetWeights from '../../node_modules/nsfwjs/dist/models/mobilenet_v2/group1-shard1of1.min.js?url';
import mobilenetModel from '../../node_modules/nsfwjs/dist/models/mobilenet_v2/model.min.js?url';
import samplePhoto from '../photo/chelsea.png?url';
import type { ReadFile } from '../upscale/modelFiles.js';
import { PageError } from './pageError.js';

export const SAMPLE = { name: 'chelsea.png', url: samplePhoto };

/** The argument of `setWasmPaths` of TensorFlow.js's own WebAssembly backend. */
export const WASM_PATHS = {
  'tfjs-backend-wasm.wasm': wasmPlain,
  'tfjs-backend-wasm-simd.wasm': wasmSimd,
  'tfjs-backend-wasm-threaded-simd.wasm': wasmThreads,
};

const modelUrls = new Map([
  ['@upscalerjs/esrgan-slim/models/x2/model.json', esrganModel],
  ['@upscalerjs/esrgan-slim/models/x2/group1-shard1of1.bin', esrganWeights],
  ['nsfwjs/dist/models/mobilenet_v2/model.min.js', mobilenetModel],
  ['nsfwjs/dist/models/mobilenet_v2/group1-shard1of1.min.js', mobilenetWeights],
]);

export const fetchModelFile: ReadFile = async (path) => {
  const url = modelUrls.get(path);
  if (url === undefined) throw new Error(`fetchModelFile: the file must belong to the page; received path=${path}`);
  const response = await fetch(url);
  if (!response.ok)
    throw new PageError('Reload the page.', `The server did not send a file of the model (status ${response.status}).`);
  return response.arrayBuffer();
};
