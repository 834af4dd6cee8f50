// The backends that the suites run on, here and in the browser, and the check that a test leaves nothing behind.

import * as tf from '@tensorflow/tfjs';
import '../../src/index.js';
import './setUpOnce.js';
import { expect } from 'chai';

export const isBrowser = typeof window !== 'undefined';

/** Ours; WebGL2 runs on a software renderer in the tests, which TensorFlow.js accepts only when told to. */
export const ownBackends: readonly string[] = isBrowser ? ['convnet-cpu', 'convnet-webgl'] : ['convnet-cpu'];

/** In a newer Node (see tools/stages.mjs) TensorFlow.js's plain JavaScript would tell the same twice. */
const isOursAlone = !isBrowser && process.env.TEST_BACKENDS === 'ours';

/**
 * For tables of layers and operations: ours beside TensorFlow.js's own, which shows that they hang on no engine. That one is
 * plain JavaScript, so Node alone runs it: a browser would tell nothing new.
 */
export const tableBackends: readonly string[] = isBrowser || isOursAlone ? ownBackends : ['cpu', ...ownBackends];

/** For models that real Keras trained or saved: one backend of each kind, since they take long. */
export const modelBackends: readonly string[] = isBrowser ? ['convnet-webgl'] : [...tableBackends].reverse();

/**
 * The rows of a table that a backend runs: `convnet-cpu` all of them, the others one in `oneIn`. A software GPU needs a tenth
 * of a second to compile a program, and TensorFlow.js's plain JavaScript takes ten times as long to compute. What a row asks
 * of a layer hangs on neither; the kernels that it needs have tables of their own.
 */
export function shareFor<T>(backend: string, rows: readonly T[], oneIn: number): readonly T[] {
  return backend === 'convnet-cpu' ? rows : rows.filter((_, i) => i % oneIn === 0);
}

/** As shareFor(), with one row of each kind, for tables that have many rows of one class. */
export function oneOfEachFor<T>(backend: string, rows: readonly T[], kindOf: (row: T) => string): readonly T[] {
  if (backend === 'convnet-cpu') return rows;
  const kinds = new Set<string>();
  return rows.filter((row) => kinds.size < kinds.add(kindOf(row)).size);
}

if (isBrowser) tf.env().set('SOFTWARE_WEBGL_ENABLED', true);

/** Makes `name` the backend of the enclosing describe, and checks after each test that no tensor is left. */
export function useBackend(name: string): void {
  let before: tf.MemoryInfo;
  let idsBefore: number;
  before_(async () => {
    expect(await tf.setBackend(name), `tf.setBackend('${name}')`).to.equal(true);
  });
  beforeEach(() => {
    before = tf.memory();
    idsBefore = tf.backend().numDataIds();
  });
  afterEach(() => {
    const { numTensors, numDataBuffers, numBytes } = tf.memory();
    expect({ numTensors, numDataBuffers, numBytes }, 'tensors left behind').to.deep.equal({
      numTensors: before.numTensors,
      numDataBuffers: before.numDataBuffers,
      numBytes: before.numBytes,
    });
    expect(tf.backend().numDataIds(), 'data ids left behind').to.equal(idsBefore);
  });
}

const before_ = globalThis.before;

/** Runs f in a scope and gives the values of the tensors that it returns. */
export function valuesOf(f: () => tf.Tensor | tf.Tensor[]): Float32Array[] {
  return tf.tidy(() => [f()].flat().map((t) => t.dataSync() as Float32Array)) as unknown as Float32Array[];
}
