// Gradients of sums and means: dy is repeated, with the bits of TensorFlow.js's product with ones.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { ownBackends, useBackend, valuesOf } from '../support/backends.js';

const shape = [2, 3, 1, 5, 2];
const cases: readonly { readonly axes: number[] | undefined; readonly keepDims: boolean }[] = [
  { axes: undefined, keepDims: false },
  { axes: [0, 1, 2], keepDims: false },
  { axes: [-1], keepDims: false },
  { axes: [1, 3], keepDims: true },
  { axes: [2], keepDims: false },
];

for (const backend of ownBackends) {
  describe(`gradients of sums and means on ${backend}`, () => {
    useBackend(backend);

    for (const { axes, keepDims } of cases) {
      for (const [name, reduce] of Object.entries({ sum: tf.sum, mean: tf.mean })) {
        it(`${name} over ${axes ?? 'all'}${keepDims ? ', kept' : ''}`, () => {
          const [dx, expected] = valuesOf(() => {
            const x = tf.randomNormal(shape, 0, 1, 'float32', 1);
            const y = reduce(x, axes, keepDims);
            const dy = tf.randomNormal(y.shape, 0, 1, 'float32', 2);
            const all = axes ?? shape.map((_, i) => i);
            const kept = tf.reshape(
              dy,
              shape.map((size, i) => (all.includes(i) || all.includes(i - shape.length) ? 1 : size)),
            );
            const ones = tf.mul(kept, tf.ones(shape));
            const count = x.size / y.size;
            return [tf.grad((t) => reduce(t, axes, keepDims))(x, dy), name === 'mean' ? tf.div(ones, count) : ones];
          });
          expect([...dx]).to.deep.equal([...expected]);
        });
      }
    }

    it('have gradients themselves', () => {
      const [second] = valuesOf(() => {
        const x = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
        // y = mean(x)^3 for each row; dy/dx = mean^2 and d2y/dx2, summed over a row, is 2 mean
        const first = tf.grad((t) => tf.sum(tf.pow(tf.mean(t, 1), 3)));
        return tf.grad((t) => tf.sum(first(t)))(x);
      });
      for (const [i, value] of [4, 4, 4, 10, 10, 10].entries()) expect(second[i]).to.be.closeTo(value, 1e-4);
    });

    it('pass dy on for a scalar', () => {
      const [dx] = valuesOf(() => tf.grad((t) => tf.mean(t))(tf.scalar(3), tf.scalar(7)));
      expect([...dx]).to.deep.equal([7]);
    });

    it('are empty where x is', () => {
      const [dx] = valuesOf(() => tf.grad((t) => tf.sum(t, 1))(tf.zeros([2, 0])));
      expect([...dx]).to.deep.equal([]);
    });
  });
}

for (const backend of ownBackends) {
  describe(`gradients of means on ${backend}`, () => {
    useBackend(backend);

    it('multiply with no ones', async () => {
      const x = tf.ones([2, 4, 8, 3]);
      const { kernelNames, result } = await tf.profile(() => tf.grads((t) => tf.mean(t, [0, 1, 2]))([x]) as never);
      expect(kernelNames).to.include('Spread');
      expect(kernelNames).not.to.include('Multiply');
      tf.dispose([x, result] as tf.TensorContainer);
    });
  });
}
