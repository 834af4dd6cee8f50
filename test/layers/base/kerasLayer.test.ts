// Behaviour of all layers: masks that are passed on, builds that fail, names.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { makeLayer } from '../../../src/layers/registry.js';
import { Conv2D } from '../../../src/layers.js';
import { useBackend } from '../../support/backends.js';

describe('KerasLayer', () => {
  useBackend('cpu');

  it('a mask goes through layers that support masks', () => {
    const layerOf = (class_name: string, config: object) => makeLayer({ class_name, config: config as never });
    const ids = tf.input({ shape: [4], dtype: 'int32' });
    const embedded = layerOf('Embedding', { input_dim: 5, output_dim: 2, mask_zero: true }).apply(ids);
    const dropped = layerOf('Dropout', { rate: 0.5 }).apply(embedded) as tf.SymbolicTensor;
    const output = layerOf('GlobalAveragePooling1D', {}).apply(dropped) as tf.SymbolicTensor;
    const model = tf.model({ inputs: ids, outputs: [output, dropped] });
    tf.tidy(() => {
      const [mean, steps] = model.predict(tf.tensor2d([[1, 2, 0, 0]], [1, 4], 'int32')) as tf.Tensor[];
      const [first, second] = tf.unstack(steps, 1);
      const expected = [...tf.div(tf.add(first, second), 2).dataSync()];
      [...mean.dataSync()].forEach((value, i) => {
        expect(value).to.be.closeTo(expected[i], 1e-6);
      });
    });
    model.dispose();
  });

  it('a layer that cannot be built keeps no weight', () => {
    const wrongShape = () => tf.ones([7]);
    const layer = new Conv2D({ filters: 2, kernelSize: 1, biasInitializer: wrongShape });
    tf.tidy(() => {
      expect(() => layer.apply(tf.ones([1, 2, 2, 3]))).to.throw();
    });
  });

  it('names are those that Keras gives', () => {
    const first = new Conv2D({ filters: 1, kernelSize: 1 });
    const second = new Conv2D({ filters: 1, kernelSize: 1 });
    const number = (name: string) => Number(name.replace(/^conv2d_?/, '') || 0);
    expect(first.name).to.match(/^conv2d(_\d+)?$/);
    expect(number(second.name)).to.equal(number(first.name) + 1);
  });
});
