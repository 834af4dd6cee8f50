// Names of layers that TensorFlow.js refuses and Keras takes.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { loadKerasModel, saveKerasModel } from '../../../src/keras.js';
import { scopeName } from '../../../src/layers/base/anyName.js';
import { dense, Input, lstm, model } from '../../../src/layers.js';
import { useBackend } from '../../support/backends.js';

describe('names with characters of any kind', () => {
  useBackend('cpu');

  it('stay as they are where TensorFlow.js accepts them, and differ in their scopes elsewhere', () => {
    expect(['dense_1', 'a/b', 'a.b-c'].map(scopeName)).to.deep.equal(['dense_1', 'a/b', 'a.b-c']);
    const scopes = ['a b', 'a_b', '_a', '', 'Größe', 'a.20.b'].map(scopeName);
    expect(scopes.slice(0, 5)).to.deep.equal(['a.20.b', 'a_b', 'x._a', 'x.', 'Gr.f6..df.e']);
    for (const scope of scopes) expect(scope).to.match(/^[A-Za-z0-9][-A-Za-z0-9._/]*$/);
  });

  it('are those of layers, inputs, outputs and files', async () => {
    const x = Input({ shape: [3, 2], name: 'my input' });
    const y = lstm({ units: 2, name: '_größe 1' }).apply(x) as tf.SymbolicTensor;
    const inner = model({ inputs: x, outputs: y, name: 'the model (1)' });
    const outer = Input({ shape: [3, 2], name: '日本' });
    const net = model({
      inputs: outer,
      outputs: dense({ units: 1, name: 'an end?' }).apply(inner.apply(outer) as never) as never,
    });
    expect(inner.inputNames).to.deep.equal(['my input']);
    expect(inner.getLayer('_größe 1').name).to.equal('_größe 1');
    const values = tf.randomNormal([2, 3, 2]);
    const wanted = net.predict(values) as tf.Tensor;
    for (const format of ['keras', 'h5'] as const) {
      const again = await loadKerasModel(await saveKerasModel(net, { format }));
      expect(again.layers.map(({ name }) => name)).to.deep.equal(['日本', 'the model (1)', 'an end?']);
      expect(again.inputNames).to.deep.equal(['日本']);
      const found = again.predict({ 日本: values }) as tf.Tensor;
      expect([...found.dataSync()]).to.deep.equal([...wanted.dataSync()]);
      found.dispose();
      again.dispose();
    }
    tf.dispose([values, wanted]);
    net.dispose();
  });
});
