// What runs inside the page of headless Chromium for bench/recovery.ts.

import * as tf from '@tensorflow/tfjs';
import { fetchNodeModule } from '../../test/support/models/fetchNodeModule.js';
import { useBackend } from '../contestants/tfjsBackend.js';
import { randomValues } from '../measure/randomValues.js';
import { models } from '../tables/models.js';
import { named } from '../tables/named.js';
import { trainedClasses, trainedNetworks } from '../tables/training.js';

tf.env().set('SOFTWARE_WEBGL_ENABLED', true); // else TensorFlow.js refuses WebGL on a software renderer
await useBackend('convnet-webgl');

let predict: () => Promise<void>;
let train: (steps: number) => Promise<void>;

function context(): WebGL2RenderingContext {
  return (tf.backend() as unknown as { gpgpu: { gl: WebGL2RenderingContext } }).gpgpu.gl;
}

function heard(event: string): Promise<unknown> {
  return new Promise((resolve) => context().canvas.addEventListener(event, resolve, { once: true }));
}

const api = {
  async load(name: string): Promise<void> {
    const { load, size, brightest } = named(models, name);
    const model = await load(fetchNodeModule('/node_modules/'));
    const x = tf.tensor(randomValues(1, [0, brightest])([1, size, size, 3]), [1, size, size, 3]);
    let expected: Float32Array | undefined;
    predict = async () => {
      const y = tf.tidy(() => model.predict(x) as tf.Tensor);
      const values = (await y.data()) as Float32Array;
      y.dispose();
      expected ??= values;
      const isRight = values.every((value, i) => Math.abs(value - (expected as Float32Array)[i]) <= 1e-4);
      if (!isRight) throw new Error(`recovery: ${name} gives another result than at first`);
    };
  },
  predict: () => predict(),

  /** The browser takes the context and gives it back. */
  async lose(): Promise<void> {
    const extension = context().getExtension('WEBGL_lose_context') as WEBGL_lose_context;
    const isLost = heard('webglcontextlost');
    extension.loseContext();
    await isLost;
    await new Promise((resolve) => setTimeout(resolve)); // a browser does not restore from within a listener
    const isBack = heard('webglcontextrestored');
    extension.restoreContext();
    await isBack;
  },

  prepareTraining(name: string): void {
    const { batch, size, channels, make } = named(trainedNetworks, name);
    const shape = [batch, size, size, channels];
    const model = make();
    model.compile({ optimizer: tf.train.adam(1e-3), loss: 'categoricalCrossentropy' });
    const x = tf.tensor(randomValues(1, [0, 1])(shape), shape);
    const classes = tf.scalar(trainedClasses, 'int32');
    const y = tf.tidy(() => tf.oneHot(tf.mod(tf.range(0, batch, 1, 'int32'), classes), trainedClasses));
    train = async (steps) => {
      for (let i = 0; i < steps; i++) await model.trainOnBatch(x, y);
    };
  },
  /** @param every Every so many steps a copy of the variables; 0: none. */
  async train(steps: number, every: number): Promise<void> {
    tf.env().set('CONVNET_SNAPSHOT_STEPS', every);
    await train(steps);
  },
};

declare global {
  var recovery: typeof api;
}
globalThis.recovery = api;
