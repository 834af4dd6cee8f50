// Models whose layers for images take dictionaries: made here or read, saved in all formats, and read again.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { makeTfjsFiles } from '../../src/keras/save/tfjs/tfjsFiles.js';
import { loadKerasModel, saveKerasModel } from '../../src/keras.js';
import { dense, globalAveragePooling2d, model as kerasModel, mixUp, randomFlip } from '../../src/layers.js';
import { useBackend } from '../support/backends.js';

type Dictionary = Record<string, tf.Tensor>;

/** Images and labels are mixed; the outputs are what a head says of the images, and the mixed labels. */
function makeModel() {
  const images = tf.input({ shape: [4, 4, 3], name: 'images' });
  const labels = tf.input({ shape: [2], name: 'labels' });
  const flipped = randomFlip({ seed: 1 }).apply({ labels, images });
  const mixed = mixUp({ seed: 2, name: 'mix' }).apply(flipped);
  const head = dense({ units: 2, activation: 'softmax' }).apply(globalAveragePooling2d().apply(mixed.images as never));
  return kerasModel({ inputs: { images, labels }, outputs: { said: head as never, wanted: mixed.labels as never } });
}

function predict(model: tf.LayersModel, mode?: { training: boolean }): number[] {
  return tf.tidy(() => {
    const images = tf.tensor(
      Array.from({ length: 96 }, (_, i) => (i * 7) % 19),
      [2, 4, 4, 3],
    );
    const labels = tf.tensor2d([
      [1, 0],
      [0, 1],
    ]);
    const given = { labels, images } as never;
    const outputs = (mode ? model.apply(given, mode) : model.predict(given)) as unknown as Dictionary;
    return [...outputs.said.dataSync(), ...outputs.wanted.dataSync()];
  });
}

describe('models with dictionaries of images', () => {
  useBackend('convnet-cpu');

  it('predict, mix in training, and come back from every format', async () => {
    const model = makeModel();
    const expected = predict(model);
    expect(expected.slice(4)).to.deep.equal([1, 0, 0, 1]); // labels stay at inference
    const [a, b] = predict(model, { training: true }).slice(4);
    expect(a + b).to.be.closeTo(1, 1e-6);
    const saved = {
      keras: await saveKerasModel(model, { format: 'keras' }),
      h5: await saveKerasModel(model, { format: 'h5' }),
    };
    const { files } = await makeTfjsFiles(model);
    for (const source of [saved.keras, saved.h5, files]) {
      const again = await loadKerasModel(source);
      expect(predict(again)).to.deep.equal(expected);
      const last = await loadKerasModel(await saveKerasModel(again, { format: 'keras' }));
      expect(predict(last)).to.deep.equal(expected);
      expect(predict(last, { training: true }).slice(4)).to.not.deep.equal([1, 0, 0, 1]);
      again.dispose();
      last.dispose();
    }
    model.dispose();
  });
});
