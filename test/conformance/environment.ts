// Makes one backend the subject of TensorFlow.js's conformance suite. Runs before the suite is loaded, because the
// suite registers its specs per environment while it is imported.
//
// The backend's name says what to test: `convnet-cpu` and `convnet-webgl` as they are registered by the package;
// `cpu` and `webgl` are aliases: the official backend is removed and ours takes its name, so that the specs bound to those
// literal names run too.

import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import * as tf from '@tensorflow/tfjs-core';
import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util';
import '../../src/index.js';
import { registerConvnet } from '../../src/backend/register.js';

// The flags of TensorFlow.js's own webgl2 environment: nothing is forwarded to the CPU, so that the shaders are tested.
const WEBGL_FLAGS = { WEBGL_VERSION: 2, WEBGL_CPU_FORWARD: false, WEBGL_SIZE_UPLOAD_UNIFORM: 0 };

declare global {
  /** Set by the runner: the Node script or, in the browser, Karma's client arguments. */
  var conformanceBackend: string | undefined;
  var jasmine: {
    DEFAULT_TIMEOUT_INTERVAL: number;
    getEnv(): { addReporter(reporter: { specStarted(spec: { readonly fullName: string }): void }): void };
  };
}

// Some specs set a time limit for a machine with a GPU; on a software renderer beside other work they need longer. They
// see a jasmine whose limit cannot be set (the real one's property cannot be redefined).
globalThis.jasmine.DEFAULT_TIMEOUT_INTERVAL = 600_000;
globalThis.jasmine = Object.create(globalThis.jasmine, { DEFAULT_TIMEOUT_INTERVAL: { get: () => 600_000, set() {} } });

// A page's clock ticks every 0.1 ms, and the specs expect a later reading to be greater: equal ones are moved apart.
const clock = performance.now.bind(performance);
let lastReading = 0;
performance.now = () => {
  lastReading = Math.max(clock(), lastReading + 1e-6);
  return lastReading;
};

function backendUnderTest(): string {
  const karma = (globalThis as { __karma__?: { config: { args: string[] } } }).__karma__;
  const name = karma?.config.args[0] ?? globalThis.conformanceBackend;
  if (!name) throw new Error('conformance: no backend named');
  return name;
}

function takeOver(name: 'cpu' | 'webgl'): void {
  tf.removeBackend(name);
  for (const { kernelName } of tf.getKernelsForBackend(name)) tf.unregisterKernel(kernelName, name);
  registerConvnet(name, { device: name });
}

const name = backendUnderTest();
if (name === 'cpu' || name === 'webgl') takeOver(name);
const flags = name.endsWith('webgl') ? WEBGL_FLAGS : {};
setTestEnvs([{ name, backendName: name, flags, isDataSync: true }]);
