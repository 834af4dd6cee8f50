// unstack() and split() of a single part, whose gradients TensorFlow.js refuses.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { split, unstack } from '../../../src/layers/base/parts.js';
import { dense, lstm, sequential, timeDistributed } from '../../../src/layers.js';
import { useBackend } from '../../support/backends.js';

describe('parts', () => {
  useBackend('convnet-cpu');

  it('has gradients for one part and for several', () => {
    tf.tidy(() => {
      for (const size of [1, 3]) {
        const x = tf.ones([size, 2]);
        const ofUnstack = tf.grad((v) => tf.addN(unstack(v).map((row) => tf.sum(tf.mul(row, 2)))))(x);
        const ofSplit = tf.grad((v) => tf.addN(split(v, size).map((row) => tf.sum(tf.mul(row, 3)))))(x);
        expect(ofUnstack.arraySync()).to.deep.equal(Array(size).fill([2, 2]));
        expect(ofSplit.arraySync()).to.deep.equal(Array(size).fill([3, 3]));
      }
      expect(unstack(tf.ones([2, 1]), -1)[0].shape).to.deep.equal([2]);
    });
  });

  it('trains on sequences of one step', async () => {
    const models = [
      sequential({ layers: [lstm({ units: 2, recurrentDropout: 0.1, inputShape: [1, 3] })] }),
      sequential({ layers: [timeDistributed({ layer: dense({ units: 2 }), inputShape: [1, 3] })] }),
    ];
    const x = tf.ones([2, 1, 3]);
    for (const model of models) {
      model.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
      const y = tf.zeros(model.outputs[0].shape.map((size) => size ?? 2));
      const first = (await model.trainOnBatch(x, y)) as number;
      const second = (await model.trainOnBatch(x, y)) as number;
      expect(second).to.be.below(first);
      tf.dispose(y);
      model.optimizer.dispose();
      model.dispose();
    }
    x.dispose();
  });
});
