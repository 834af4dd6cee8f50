/**
 * The backends that the page offers, and which of them this browser can run. Importing this file registers all of them;
 * `startBackend` starts one.
 */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-webgl';
import { backendInfo } from '../../src/index.js';
import { type Fact, factsOf } from '../upscale/facts.js';
import { WASM_PATHS } from './files.js';
import { findGpu, isSoftwareAllowed } from './gpu.js';
import { PageError } from './pageError.js';

export interface Backend {
  readonly name: string;
  readonly family: 'convnet' | 'TensorFlow.js';
  readonly about: string;
  /** The reason why it cannot run here; absent if it can. */
  readonly missing?: string;
  /** Whether it would run if the page allowed TensorFlow.js to draw in software. */
  readonly offersSoftware?: boolean;
}

const gpu = findGpu();
if (isSoftwareAllowed()) tf.env().set('SOFTWARE_WEBGL_ENABLED', true);
setWasmPaths(WASM_PATHS);

export const backends: readonly Backend[] = [
  { name: 'convnet', family: 'convnet', about: 'the best device it finds' },
  { name: 'convnet-cpu', family: 'convnet', about: 'its CPU engine' },
  { name: 'convnet-webgl', family: 'convnet', ...webgl('its WebGL2 engine') },
  { name: 'webgl', family: 'TensorFlow.js', ...webgl('fragment shaders') },
  {
    name: 'wasm',
    family: 'TensorFlow.js',
    about: 'WebAssembly',
    missing: typeof WebAssembly === 'undefined' ? 'This browser has no WebAssembly.' : undefined,
  },
  { name: 'cpu', family: 'TensorFlow.js', about: 'plain JavaScript, the reference' },
];

export async function startBackend(name: string): Promise<void> {
  if (!(await tf.setBackend(name))) {
    throw new PageError(
      'Choose another backend.',
      `${name} could not start in this browser; the console has the reason.`,
    );
  }
}

/** Facts about the current backend, and their source. */
export async function backendFacts(): Promise<{ source: string; facts: readonly Fact[] }> {
  const name = tf.getBackend();
  if (name.startsWith('convnet')) return { source: 'backendInfo()', facts: factsOf(backendInfo()) };
  return { source: `TensorFlow.js ${tf.version_core}`, facts: factsOf({ name, ...(await tfjsFacts(name)) }) };
}

function webgl(about: string): Pick<Backend, 'about' | 'missing' | 'offersSoftware'> {
  if (gpu.renderer === undefined) return { about, missing: 'This browser has no WebGL2.' };
  if (gpu.refused)
    return { about, missing: 'Drawn in software here, which TensorFlow.js refuses.', offersSoftware: true };
  return { about: gpu.inSoftware ? `${about}, in software here` : about };
}

async function tfjsFacts(name: string): Promise<object> {
  if (name === 'webgl') return { device: gpu.renderer, webglVersion: tf.env().getNumber('WEBGL_VERSION') };
  if (name !== 'wasm') return { device: 'cpu' };
  const [simd, threads] = await Promise.all([
    tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'),
    tf.env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT'),
  ]);
  return { device: 'cpu', features: { simd, threads } };
}
