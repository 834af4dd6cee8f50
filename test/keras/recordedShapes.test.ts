// Keras 3.0 to 3.12 loses `output_padding` when it saves. Loading finds it by the shape that the next layer reads.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { unzipSync, zipSync } from 'fflate';
import { loadKerasModel, saveKerasModel } from '../../src/keras.js';
import { makeLayer } from '../../src/layers/registry.js';
import { useBackend } from '../support/backends.js';

interface Entry {
  class_name: string;
  config: Record<string, unknown>;
}

describe('transposed convolutions without their output padding', () => {
  useBackend('cpu');

  for (const outputPadding of [
    [1, 1],
    [1, 0],
    [0, 1],
  ]) {
    it(`output_padding ${outputPadding}`, async () => {
      const input = tf.input({ shape: [4, 5, 2] });
      const shared = { filters: 3, kernel_size: 3, strides: 2 };
      const transposed = makeLayer({
        class_name: 'Conv2DTranspose',
        config: { ...shared, output_padding: outputPadding },
      });
      const conv = makeLayer({ class_name: 'Conv2D', config: { filters: 1, kernel_size: 2 } });
      const output = conv.apply(transposed.apply(input)) as tf.SymbolicTensor;
      const model = tf.model({ inputs: input, outputs: output });
      const members = unzipSync(await saveKerasModel(model));
      const config = JSON.parse(new TextDecoder().decode(members['config.json']));
      for (const entry of config.config.layers as Entry[]) {
        if (entry.class_name === 'Conv2DTranspose') delete entry.config.output_padding;
      }
      const text = new TextEncoder().encode(JSON.stringify(config));
      const loaded = await loadKerasModel(zipSync({ ...members, 'config.json': text }, { level: 0 }));
      const predictions = tf.tidy(() => {
        const x = tf.ones([1, 4, 5, 2]);
        return [model, loaded].map((each) => [...(each.predict(x) as tf.Tensor).dataSync()]);
      });
      model.dispose();
      loaded.dispose();
      expect(predictions[1]).to.deep.equal(predictions[0]);
    });
  }
});
