// Behaviour of pooling layers that the goldens do not cover: masks, default strides, unknown sizes, errors.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import {
  AdaptiveAveragePooling2D,
  AveragePooling2D,
  GlobalAveragePooling1D,
  GlobalMaxPooling2D,
  MaxPooling1D,
  MaxPooling2D,
} from '../../../src/layers/pooling/index.js';
import { tableBackends, useBackend } from '../../support/backends.js';
import { expectNear } from '../../support/layers/testConvGoldens.js';

for (const backend of tableBackends) {
  describe(`pooling layers, ${backend}`, () => {
    useBackend(backend);

    it('GlobalAveragePooling1D averages over the steps of the mask', () => {
      for (const dataFormat of ['channels_last', 'channels_first'])
        for (const keepdims of [false, true]) {
          const layer = new GlobalAveragePooling1D({ dataFormat, keepdims });
          tf.tidy(() => {
            const last = tf.tensor3d([1, 2, 3, 4, 50, 60], [1, 3, 2]);
            const x = dataFormat === 'channels_last' ? last : tf.transpose(last, [0, 2, 1]);
            const mask = tf.tensor2d([1, 1, 0], [1, 3], 'bool');
            const y = layer.apply(x, { mask }) as tf.Tensor;
            expect(y.shape).to.deep.equal(layer.computeOutputShape(x.shape));
            expectNear(y, [2, 3], 'average');
          });
        }
    });

    it('takes int32 and an average over the border only of what is there', () => {
      tf.tidy(() => {
        const layer = new AveragePooling2D({ poolSize: 2, padding: 'SAME' });
        const y = layer.apply(tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 10], [1, 3, 3, 1], 'int32')) as tf.Tensor;
        expectNear(y, [3, 4.5, 7.5, 10], 'average');
      });
    });
  });
}

describe('pooling layers: arguments, shapes and errors', () => {
  useBackend('cpu');

  it('writes the strides that it uses', () => {
    expect(new MaxPooling2D({ poolSize: [2, 3] }).getKerasConfig().strides).to.deep.equal([2, 3]);
    expect(new MaxPooling1D({ poolSize: 3, strides: null }).getKerasConfig().strides).to.deep.equal([3]);
    expect(new MaxPooling2D({ strides: 1 }).getConfig()).to.deep.include({ poolSize: [2, 2], strides: [1, 1] });
  });

  it('computes output shapes with unknown sizes', () => {
    expect(new MaxPooling2D().computeOutputShape([null, null, 7, 3])).to.deep.equal([null, null, 3, 3]);
    const first = { dataFormat: 'channels_first', padding: 'same' };
    expect(new MaxPooling2D(first).computeOutputShape([null, 3, 7, null])).to.deep.equal([null, 3, 4, null]);
    expect(new GlobalMaxPooling2D().computeOutputShape([null, null, null, 3])).to.deep.equal([null, 3]);
    const adaptive = new AdaptiveAveragePooling2D({ outputSize: [2, 3] });
    expect(adaptive.computeOutputShape([null, null, null, 5])).to.deep.equal([null, 2, 3, 5]);
  });

  it('refuses what does not fit', () => {
    expect(() => new AveragePooling2D({} as never)).to.throw('pool_size');
    expect(() => new MaxPooling2D({ poolSize: 0 })).to.throw('pool_size=0');
    expect(() => new MaxPooling2D({ padding: 'causal' })).to.throw('`padding`');
    expect(() => new AdaptiveAveragePooling2D({ outputSize: [1, 2, 3] })).to.throw('output_size');
    const layer = new MaxPooling2D({ poolSize: 4 });
    expect(() => layer.computeOutputShape([1, 3, 5, 1])).to.throw('Computed output size would be zero or negative');
    tf.tidy(() => {
      expect(() => layer.apply(tf.zeros([1, 5, 3, 1]))).to.throw('Computed output size would be zero or negative');
      expect(() => layer.apply(tf.zeros([1, 5, 5]))).to.throw('expected ndim=4, found ndim=3');
    });
  });
});
