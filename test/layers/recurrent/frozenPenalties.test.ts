// The penalties of frozen recurrent layers: tf.keras counts them in the loss, Keras 3 does not. Measured with tf.keras
// 2.15 and Keras 3.15: each penalty of 0.1 * sum(w * w) is in the loss of a step of the one, in none of the other.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { ConvLSTM1D, GRU, LSTM, SimpleRNN } from '../../../src/layers.js';
import { useBackend } from '../../support/backends.js';

const l2 = { class_name: 'L2', config: { l2: 0.1 } };
const penalties = { kernelRegularizer: l2, recurrentRegularizer: l2, biasRegularizer: l2 } as const;
const makers = {
  LSTM: (context: object) => new LSTM({ units: 2, ...penalties }, context),
  GRU: (context: object) => new GRU({ units: 2, ...penalties }, context),
  SimpleRNN: (context: object) => new SimpleRNN({ units: 2, ...penalties }, context),
  ConvLSTM1D: (context: object) => new ConvLSTM1D({ filters: 2, kernelSize: 1, ...penalties }, context),
};

describe('the penalties of a frozen recurrent layer', () => {
  useBackend('convnet-cpu');

  for (const [name, make] of Object.entries(makers)) {
    for (const [kerasVersion, counts] of [
      ['2.15.0', true],
      ['3.15.1', false],
    ] as const) {
      it(`${name} of ${kerasVersion} ${counts ? 'count' : 'do not count'}`, () => {
        const layer = make({ kerasVersion });
        tf.tidy(() => void layer.apply(tf.ones(name === 'ConvLSTM1D' ? [1, 3, 4, 2] : [1, 3, 2])));
        layer.trainable = false;
        tf.tidy(() => {
          const losses = layer.calculateLosses().map((loss) => loss.dataSync()[0]);
          const expected = layer.weights.map((weight) => tf.mul(0.1, tf.sum(tf.square(weight.read()))).dataSync()[0]);
          expect(losses.length).to.equal(counts ? expected.length : 0);
          losses.forEach((loss, i) => {
            expect(loss).to.be.closeTo(expected[i], 1e-6);
          });
        });
        layer.dispose();
      });
    }
  }
});
