// A training step that throws leaves no tensor.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { dense, Input, model } from '../../../src/layers.js';
import { useBackend } from '../../support/backends.js';

/** Throws on the way forward, where a kernel has no gradient, or in a gradient that throws itself. */
const faults: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
  'Gather in forward': () => {
    throw new Error('Gather in forward');
  },
  'gradient function not found for TopK': (x) => tf.topk(x, 4).values,
  'gradient that throws': (x) =>
    tf.customGrad((value, save) => {
      const y = tf.mul(value as tf.Tensor, 2);
      (save as tf.GradSaveFunc)([value as tf.Tensor, y]);
      return {
        value: y,
        gradFunc: () => {
          throw new Error('gradient that throws');
        },
      };
    })(x),
};

class Faulty extends tf.layers.Layer {
  static className = 'Faulty';
  constructor(readonly run: (x: tf.Tensor) => tf.Tensor) {
    super({});
  }
  override computeOutputShape(shape: tf.Shape) {
    return shape;
  }
  override call(inputs: tf.Tensor | tf.Tensor[]) {
    return tf.tidy(() => this.run([inputs].flat()[0]));
  }
}

describe('undoStep', () => {
  useBackend('convnet-cpu');

  for (const [message, run] of Object.entries(faults)) {
    it(`leaves nothing: ${message}`, async () => {
      const input = Input({ shape: [4] });
      const hidden = dense({ units: 4, activation: 'relu' }).apply(input) as tf.SymbolicTensor;
      const broken = new Faulty(run).apply(hidden) as tf.SymbolicTensor;
      const net = model({ inputs: input, outputs: dense({ units: 2 }).apply(broken) as tf.SymbolicTensor });
      net.compile({ optimizer: 'adam', loss: 'meanSquaredError', metrics: ['mse'] });
      const [x, y] = [tf.ones([3, 4]), tf.ones([3, 2])];
      const before = tf.memory().numTensors;
      const failure = await net.trainOnBatch(x, y).then(
        () => 'none',
        (error: Error) => error.message,
      );
      expect(failure).to.include(message);
      expect(tf.memory().numTensors).to.equal(before);
      tf.dispose([x, y]);
      net.optimizer.dispose();
      net.dispose();
    });
  }
});
