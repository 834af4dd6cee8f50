// Masks by position and data by keyword in calls of Keras 3: predictions, training and saved files (namedArguments.py).

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { loadKerasModel, saveKerasModel } from '../../src/keras.js';
import { useBackend } from '../support/backends.js';
import cases from './namedArguments.json' with { type: 'json' };

interface Case {
  readonly file: string;
  readonly x: readonly { readonly dtype: string; readonly values: unknown }[];
  readonly outputs: unknown;
  readonly y: unknown;
  readonly losses: readonly number[];
}

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
const tensorOf = (values: unknown, dtype = 'float32') => tf.tensor(values as number[], undefined, dtype as 'float32');

for (const [name, one] of Object.entries(cases as unknown as Readonly<Record<string, Case>>)) {
  describe(`arguments of calls by position and by name: ${name}`, () => {
    useBackend('convnet-cpu');

    async function expectSame(bytes: Uint8Array): Promise<Uint8Array> {
      const model = await loadKerasModel(bytes);
      const x = one.x.map(({ values, dtype }) => tensorOf(values, dtype));
      const [y, wanted] = [tensorOf(one.y), tensorOf(one.outputs)];
      const outputs = model.predict(x) as tf.Tensor;
      expect(outputs.shape).to.deep.equal(wanted.shape);
      const distance = tf.tidy(() => tf.max(tf.abs(tf.sub(outputs, wanted))));
      expect(distance.dataSync()[0]).to.be.below(1e-5);
      const saved = await saveKerasModel(model, { format: 'keras' });
      for (const loss of one.losses) expect(await model.trainOnBatch(x, y)).to.be.closeTo(loss, 1e-5);
      tf.dispose([x, y, wanted, outputs, distance]);
      model.optimizer.dispose();
      model.dispose();
      return saved;
    }

    it('predicts and trains as Keras, also after it was saved', async () => {
      await expectSame(await expectSame(bytesOf(one.file)));
    });
  });
}
