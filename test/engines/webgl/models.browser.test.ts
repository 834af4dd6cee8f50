// Real networks on the WebGL2 engine: they stay in the tiled layout from the picture to the answer, with few programs.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { WebglBackend } from '../../../src/engines/webgl/backend.js';
import { warmup } from '../../../src/index.js';
import { useBackend } from '../../support/backends.js';
import { fetchNodeModule } from '../../support/models/fetchNodeModule.js';
import { esrganX2, nsfwInceptionV3, nsfwMobilenetV2, nsfwMobilenetV2Mid } from '../../support/models/index.js';

const readFile = fetchNodeModule();

interface Network {
  readonly load: () => Promise<tf.LayersModel | tf.GraphModel>;
  readonly inputShape: [number, number, number, number];
  /** Draws of ours for one prediction, at most. */
  readonly draws: number;
}

const networks: Readonly<Record<string, Network>> = {
  'ESRGAN slim x2': { load: () => esrganX2(readFile), inputShape: [1, 24, 20, 3], draws: 60 },
  'MobileNetV2, layers model': { load: () => nsfwMobilenetV2(readFile), inputShape: [1, 224, 224, 3], draws: 70 },
  'MobileNetV2, graph model': { load: () => nsfwMobilenetV2Mid(readFile), inputShape: [1, 224, 224, 3], draws: 70 },
  'Inception v3, layers model': { load: () => nsfwInceptionV3(readFile), inputShape: [1, 299, 299, 3], draws: 180 },
};

describe('real models in the tiled layout', () => {
  useBackend('convnet-webgl');
  const backend = () => tf.backend() as WebglBackend;

  for (const [name, { load, inputShape, draws }] of Object.entries(networks)) {
    it(`${name}: one conversion in, none out, at most 25 programs and ${draws} draws`, async () => {
      const model = await load();
      const x = tf.randomUniform(inputShape);
      const predict = () => tf.tidy(() => (model.predict(x) as tf.Tensor).dataSync());
      predict(); // packs weights, tests kernels, learns which results go two ways
      predict();
      const before = { ...backend().counters };
      predict();
      const { toTiles, toTfjs, draws: drawn } = backend().counters;
      expect(toTiles - before.toTiles, 'conversions to tiles').to.be.at.most(1);
      expect(toTfjs - before.toTfjs, 'conversions to TensorFlow.js').to.equal(0);
      expect(drawn - before.draws, 'draws').to.be.at.most(draws);

      const programs = new Map();
      backend().tensors.drawer.recording = programs; // nothing is computed, programs are noted
      tf.tidy(() => void model.predict(x));
      backend().tensors.drawer.recording = undefined;
      expect(programs.size, 'programs').to.be.within(2, 25);
      await warmup(model, { inputShapes: [inputShape] });
      expect(backend().gl2.getError(), 'GL error').to.equal(0);
      tf.dispose(x);
      model.dispose();
    });
  }
});
