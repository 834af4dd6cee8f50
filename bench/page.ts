// What runs inside the page; bench/browser.ts asks for one comparison at a time through `globalThis.bench`.

import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { fetchNodeModule } from '../test/models/fetchNodeModule.js';
import { type Comparisons, comparisons } from './compare.js';
import { WASM_FILES } from './paths.js';

export interface BenchPage extends Comparisons {
  renderer(): string;
  readonly tfjs: string;
}

declare global {
  var bench: BenchPage;
}

tf.env().set('SOFTWARE_WEBGL_ENABLED', true); // else TensorFlow.js refuses WebGL on a software renderer
setWasmPaths(`/${WASM_FILES}`);

const here = comparisons(fetchNodeModule('/node_modules/'));

globalThis.bench = {
  ...here,
  async first(request) {
    const linked = countCalls(WebGL2RenderingContext.prototype, 'linkProgram');
    const prediction = await here.first(request);
    return { ...prediction, programs: linked() || undefined };
  },
  renderer() {
    const gl = document.createElement('canvas').getContext('webgl2');
    const names = gl?.getExtension('WEBGL_debug_renderer_info');
    return gl ? String(gl.getParameter(names?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER)) : 'no WebGL2';
  },
  tfjs: tf.version.tfjs,
};

function countCalls(prototype: WebGL2RenderingContext, name: 'linkProgram'): () => number {
  const original = prototype[name];
  let calls = 0;
  prototype[name] = function (this: WebGL2RenderingContext, program) {
    calls++;
    original.call(this, program);
  };
  return () => calls;
}
