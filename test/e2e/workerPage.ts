// A module that is both: a page, which starts it again as a worker, and that worker, which loses and regains the context of
// its OffscreenCanvas.

import * as tf from '@tensorflow/tfjs';
import { backendInfo, registerConvnet } from '../../src/index.js';

const name = 'convnet-worker';
const IMAGE = [2, 12, 12, 3] as const;

const valuesOf = (length: number, seed: number) =>
  Float32Array.from({ length }, (_, i) => (((i + seed) * 37) % 101) / 101 - 0.4);

function makeModel(): tf.Sequential {
  const { conv2d, maxPooling2d, flatten, dense } = tf.layers;
  const model = tf.sequential({
    layers: [
      conv2d({ inputShape: [12, 12, 3], filters: 6, kernelSize: 3, padding: 'same', activation: 'relu' }),
      maxPooling2d({ poolSize: 2 }),
      flatten(),
      dense({ units: 4 }),
    ],
  });
  const weights = model.getWeights().map(({ shape, size }, i) => tf.tensor(valuesOf(size, i), shape));
  model.setWeights(weights);
  tf.dispose(weights);
  return model;
}

const input = () => tf.tensor4d(valuesOf(2 * 12 * 12 * 3, 7), [...IMAGE]);
const predict = (model: tf.LayersModel) => tf.tidy(() => (model.predict(input()) as tf.Tensor).dataSync<'float32'>());

function differs(actual: Float32Array, expected: Float32Array): boolean {
  return !actual.every((value, i) => Math.abs(value - expected[i]) <= 1e-4);
}

const rejection = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: Error) => error.message,
  );

/** What is wrong, by scenario; empty if nothing is. */
async function runScenarios(): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  tf.env().set('SOFTWARE_WEBGL_ENABLED', true);
  await tf.setBackend('cpu');
  const model = makeModel();
  const expected = predict(model);
  const canvas = new OffscreenCanvas(1, 1);
  registerConvnet(name, { canvas });
  await tf.setBackend(name);
  if (tf.getBackend() !== name || backendInfo(name).engine !== 'webgl') return { start: backendInfo(name).reason };
  const gl = canvas.getContext('webgl2') as WebGL2RenderingContext;
  const extension = gl.getExtension('WEBGL_lose_context') as WEBGL_lose_context;
  const heard = (event: string) => new Promise((resolve) => canvas.addEventListener(event, resolve, { once: true }));
  const lose = async () => {
    const isLost = heard('webglcontextlost');
    extension.loseContext();
    await isLost;
  };
  const restore = async () => {
    await new Promise((resolve) => setTimeout(resolve)); // a browser does not restore from within a listener
    const isBack = heard('webglcontextrestored');
    extension.restoreContext();
    await isBack;
  };
  const expectRight = (scenario: string) => {
    if (differs(predict(model), expected)) found[scenario] = 'a wrong prediction';
  };

  await lose();
  await restore();
  expectRight('before the first prediction');

  const y = tf.tidy(() => model.predict(input()) as tf.Tensor);
  const reading = rejection(y.data());
  await lose();
  if (!/^convnet: the WebGL context was lost/.test(await reading)) found['during a prediction'] = await reading;
  await restore();
  expectRight('after an interrupted prediction');
  y.dispose();

  for (let i = 0; i < 2; i++) {
    await lose();
    await restore();
    expectRight('twice in a row');
  }

  tf.env().set('CONVNET_ON_LOSS', 'cpu');
  await lose();
  expectRight('on the CPU engine');
  return found;
}

if (typeof document === 'undefined') {
  self.postMessage(await runScenarios().catch((error: Error) => ({ thrown: `${error.stack}` })));
} else {
  globalThis.lossesInWorker = () =>
    new Promise((resolve, reject) => {
      const worker = new Worker('/page.js', { type: 'module' });
      worker.onmessage = ({ data }) => {
        worker.terminate();
        resolve(data);
      };
      worker.onerror = ({ message }) => reject(new Error(message));
    });
}

declare global {
  var lossesInWorker: () => Promise<Record<string, string>>;
}
