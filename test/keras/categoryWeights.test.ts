// Weights of categories (tf_idf) in files: tf.keras stores them as a variable in an .h5 (categoryWeights.py), configs as numbers of
// double precision.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { gunzipSync } from 'fflate';
import { loadKerasModel, saveKerasModel } from '../../src/keras.js';
import { stringLookup } from '../../src/layers.js';
import { useBackend } from '../support/backends.js';
import golden from './categoryWeights.json' with { type: 'json' };

const bytesOf = (base64: string) => gunzipSync(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)));

describe('weights of categories in files', () => {
  useBackend('convnet-cpu');

  it('of an .h5 of tf.keras, from which every format is written', async () => {
    const x = tf.tensor(golden.x, undefined, 'int32');
    for (const format of ['keras', 'h5'] as const) {
      const model = await loadKerasModel(bytesOf(golden.file));
      const again = await loadKerasModel(await saveKerasModel(model, { format }));
      for (const one of [model, again]) {
        const outputs = one.predict(x) as tf.Tensor[];
        outputs.forEach((output, i) => {
          [...output.dataSync()].forEach((value, at) => {
            expect(value).to.be.closeTo((golden.outputs[i] as number[][]).flat()[at], 1e-5);
          });
        });
        tf.dispose(outputs);
        one.dispose();
      }
    }
    x.dispose();
  });

  it('a vocabulary file with more lines than tokens: each line is a token, as in Keras', () => {
    const config = { outputMode: 'int', vocabularySize: 4 } as const;
    const layer = stringLookup(config as never);
    layer.loadAssets({ 'vocabulary.txt': '[UNK]\na\nb\nc\nd' });
    expect(layer.getVocabulary()).to.deep.equal(['[UNK]', 'a', 'b', 'c', 'd']);
    const short = stringLookup(config as never);
    expect(() => short.loadAssets({ 'vocabulary.txt': '[UNK]\na' })).to.throw(/vocabulary_size=4 and 2 tokens/);
  });
});
