// installKerasLayers(): every model that tf.loadLayersModel could load before still loads and computes the same, on
// layers of this package, and models of Keras's layers can be saved and loaded in TensorFlow.js's own format.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { ReadFile } from '../../examples/upscale/modelFiles.js';
import { loadKerasModel } from '../../src/keras.js';
import { installKerasLayers, KerasLayer } from '../../src/layers.js';
import { isBrowser, useBackend } from '../support/backends.js';
import { factsOf, fixtureFile } from '../support/keras/fixtureFiles.js';
import { expectClose, expectPredictions } from '../support/keras/predictions.js';
import { fetchNodeModule } from '../support/models/fetchNodeModule.js';
import { esrganX2, nsfwInceptionV3, nsfwMobilenetV2 } from '../support/models/index.js';
import { randomValues } from '../support/randomCases.js';

const models = [
  { name: 'ESRGAN slim x2', load: esrganX2, inputShape: [1, 12, 10, 3], scale: 255 },
  { name: 'nsfwjs MobileNetV2', load: nsfwMobilenetV2, inputShape: [1, 224, 224, 3], scale: 1 },
  { name: 'nsfwjs InceptionV3', load: nsfwInceptionV3, inputShape: [1, 299, 299, 3], scale: 1 },
] as const;

describe('installKerasLayers', () => {
  useBackend('convnet-cpu');
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  const official = { ...classNameMap };
  const restore = () => {
    for (const name of Object.keys(classNameMap)) delete classNameMap[name];
    Object.assign(classNameMap, official);
  };
  after(restore);

  for (const { name, load, inputShape, scale } of models) {
    it(`${name}: the same predictions on layers of ours`, async () => {
      const readFile = await reader();
      const predict = (model: tf.LayersModel) =>
        tf.tidy(() => {
          const x = tf.tensor(
            randomValues(tf.util.sizeFromShape([...inputShape]), 7).map((v) => ((v + 1) / 2) * scale),
            [...inputShape],
          );
          return (model.predict(x) as tf.Tensor).dataSync();
        });
      restore();
      const before = await load(readFile);
      const expected = predict(before);
      before.dispose();
      installKerasLayers();
      const model = await load(readFile);
      const found = predict(model);
      const ours = layersOf(model).filter((layer) => layer instanceof KerasLayer);
      expect(ours.length).to.be.greaterThan(10);
      model.dispose();
      expectClose(found, [...expected], 1e-5, name);
    });
  }

  for (const name of [
    'functional',
    'multi_io',
    'groups',
    'head',
    'reshaping',
    'normalization',
    'ops_shape',
    'matrix_activations',
  ]) {
    it(`a loaded model survives the format of TensorFlow.js: ${name}`, async () => {
      installKerasLayers();
      const model = await loadKerasModel(await fixtureFile('3.15.1', `${name}.keras`));
      let saved: tf.io.ModelArtifacts | undefined;
      const handler = tf.io.withSaveHandler(async (artifacts) => {
        saved = JSON.parse(JSON.stringify({ ...artifacts, weightData: undefined }));
        (saved as tf.io.ModelArtifacts).weightData = artifacts.weightData;
        return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
      });
      await model.save(handler);
      model.dispose();
      const loaded = await tf.loadLayersModel(tf.io.fromMemory(saved as tf.io.ModelArtifacts));
      expectPredictions(loaded, await factsOf({ version: '3.15.1', name }));
      // tfjs counts the calls of a layer, so a layer that is called twice must be disposed of twice.
      tf.dispose(loaded.weights.map((weight) => weight.read()).filter((variable) => !variable.isDisposed));
    });
  }
});

function layersOf(model: tf.LayersModel): tf.layers.Layer[] {
  return model.layers.flatMap((layer) => (layer instanceof tf.LayersModel ? layersOf(layer) : [layer]));
}

async function reader(): Promise<ReadFile> {
  if (isBrowser) return fetchNodeModule();
  const { readNodeModule } = await import(/* @vite-ignore */ '../../examples/upscale/nodeFiles.js');
  return readNodeModule;
}
