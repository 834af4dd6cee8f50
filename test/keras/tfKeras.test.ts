// Functions of TensorFlow whose arguments or dtypes decide what they compute, beside predictions of tf.keras (tfKeras.py).

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { loadKerasModel } from '../../src/keras.js';
import { useBackend } from '../support/backends.js';
import cases from './tfKeras.json' with { type: 'json' };

interface Case {
  readonly file: string;
  readonly x: number[];
  readonly dtype: string;
  readonly y: number[];
}

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

describe('functions of TensorFlow in models of tf.keras', () => {
  useBackend('convnet-cpu');

  for (const [name, { file, x, dtype, y }] of Object.entries(cases as unknown as Readonly<Record<string, Case>>)) {
    it(name, async () => {
      const model = await loadKerasModel(bytesOf(file));
      tf.tidy(() => {
        const wanted = tf.tensor(y);
        const found = model.predict(tf.tensor(x, undefined, dtype === 'uint8' ? 'int32' : 'float32')) as tf.Tensor;
        expect(found.shape).to.deep.equal(wanted.shape);
        expect(tf.max(tf.abs(tf.sub(found, wanted))).dataSync()[0]).to.be.below(1e-3);
      });
      model.dispose();
    });
  }
});
