// The gradient of relu where an activation is an operation of its own, as in training.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { activate } from '../../src/ops/activate.js';
import { ownBackends, useBackend, valuesOf } from '../support/backends.js';

const values = [-2, -0, 0, 1e-30, 3, Number.POSITIVE_INFINITY, Number.NaN];
const activated = (z: tf.Tensor) =>
  activate({ z: z as tf.Tensor4D, activation: 'relu', leakyAlpha: 0, dataFormat: 'NHWC' });
const ways: Record<string, (z: tf.Tensor) => tf.Tensor> = { 'an activation': activated, 'tf.relu': tf.relu };

for (const [backend, [name, relu]] of ownBackends.flatMap((b) =>
  Object.entries(ways).map((way) => [b, way] as const),
)) {
  describe(`gradient of ${name} on ${backend}`, () => {
    useBackend(backend);

    it('is dy where x is above 0', () => {
      const finite = values.slice(0, 5);
      const [dx] = valuesOf(() => {
        const x = tf.tensor4d(finite, [1, 1, 5, 1]);
        return tf.grad(relu)(x, tf.tensor4d([1, 2, 3, 4, 5], [1, 1, 5, 1]));
      });
      expect([...dx].map((value) => value + 0)).to.deep.equal([0, 0, 0, 4, 5]);
    });

    it('has a gradient itself', () => {
      // of relu(x)^3: 6 x where x is above 0
      const [second] = valuesOf(() => {
        const first = tf.grad((x) => tf.sum(tf.pow(relu(x), 3)));
        return tf.grad((x) => tf.sum(first(x)))(tf.tensor4d([-2, 0.5, 3], [1, 1, 3, 1]));
      });
      for (const [i, value] of [0, 3, 18].entries()) expect(second[i]).to.be.closeTo(value, 1e-4);
    });
  });
}

for (const backend of ownBackends) {
  describe(`gradient of relu on ${backend}`, () => {
    useBackend(backend);

    for (const [name, relu] of Object.entries(ways)) {
      it(`is one kernel for ${name}, and NaN where x is`, async () => {
        const x = tf.tensor4d(values, [1, 1, values.length, 1]);
        const { kernelNames, result } = await tf.profile(() => tf.grads(relu)([x]));
        expect(kernelNames).to.include('ReluGrad');
        expect(kernelNames).not.to.include('Step');
        const dx = await (result as unknown as tf.Tensor[])[0].data<'float32'>();
        expect([...dx].map((value) => value + 0)).to.deep.equal([0, 0, 0, 1, 1, 1, Number.NaN]);
        tf.dispose([x, result] as tf.TensorContainer);
      });
    }

    it('is that of TensorFlow.js for integers', () => {
      const [dx] = valuesOf(() => tf.grad(tf.relu)(tf.tensor1d([-1, 0, 2], 'int32')));
      expect([...dx]).to.deep.equal([0, 0, 1]);
    });
  });
}
