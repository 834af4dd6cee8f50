// A gradient that throws leaves nothing behind, in the forward pass and in the backward pass, nested too.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { ownBackends, useBackend } from '../support/backends.js';

const x = () => tf.tensor1d([0.1, 0.2, 0.3]);
const failure = new Error('it fails here');

/** The identity; its gradient throws. */
const throwing = tf.customGrad((x) => ({
  value: (x as tf.Tensor).clone(),
  gradFunc: () => {
    throw failure;
  },
}));

/** Operations whose tape saves their input, their output or both. */
const saving = (x: tf.Tensor) => tf.sum(tf.tanh(tf.square(tf.exp(x))));

for (const name of ownBackends) {
  describe(`gradients that throw on ${name}`, () => {
    useBackend(name);

    it('in the forward pass', () => {
      const f = (x: tf.Tensor) => {
        saving(x);
        throw failure;
      };
      expect(() => tf.tidy(() => tf.grad(f)(x()))).to.throw(failure.message);
    });

    it('in the backward pass', () => {
      expect(() => tf.tidy(() => tf.grad((x) => saving(throwing(x)))(x()))).to.throw(failure.message);
    });

    it('a variable that training needs, in the step of an optimizer', () => {
      const variable = tf.tidy(() => tf.variable(x()));
      const optimizer = tf.train.sgd(0.1);
      const before = tf.memory().numTensors;
      expect(() => optimizer.minimize(() => saving(throwing(variable)) as tf.Scalar)).to.throw(failure.message);
      expect(tf.memory().numTensors).to.equal(before);
      optimizer.minimize(() => saving(variable) as tf.Scalar);
      expect(variable.dataSync()[2], 'the next step').to.be.below(0.3);
      variable.dispose();
      optimizer.dispose();
    });

    it('within another gradient that goes on', () => {
      const f = (x: tf.Tensor) => {
        expect(() => tf.grad((y) => saving(throwing(y)))(x)).to.throw(failure.message);
        return saving(x);
      };
      const [right, got] = [saving, f].map((f) => tf.tidy(() => tf.grad(f)(x()).dataSync()));
      expect(got).to.deep.equal(right);
    });
  });
}
