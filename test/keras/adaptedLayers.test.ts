// What layers of tf.keras 2.13 and 2.14 learned by adapt(), and a class that has another name here (adaptedLayers.py).

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { loadKerasModel, saveKerasModel } from '../../src/keras.js';
import { useBackend } from '../support/backends.js';
import golden from './adaptedLayers.json' with { type: 'json' };

const file = () => Uint8Array.from(atob(golden.file), (letter) => letter.charCodeAt(0));

describe('adapted layers in a .keras of tf.keras 2.13', () => {
  useBackend('convnet-cpu');

  it('have their vocabularies, boundaries and statistics, also when they are saved again', async () => {
    const x = [tf.tensor(golden.words), tf.tensor(golden.numbers)];
    const warnings: string[] = [];
    const model = await loadKerasModel(file(), { onWarning: (message) => warnings.push(message) });
    const again = await loadKerasModel(await saveKerasModel(model, { format: 'keras' }));
    for (const one of [model, again]) {
      const outputs = one.predict(x) as tf.Tensor[];
      outputs.forEach((output, i) => {
        const wanted = golden.outputs[i].flat();
        [...output.dataSync()].forEach((value, at) => {
          expect(value, `output ${i}`).to.be.closeTo(wanted[at], 1e-4);
        });
      });
      tf.dispose(outputs);
      one.dispose();
    }
    expect(warnings).to.deep.equal([]);
    tf.dispose(x);
  });
});
