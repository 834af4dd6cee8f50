// Complex tensors that move from one backend to another: TensorFlow.js's own backends lose their parts on the way.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { ownBackends } from '../support/backends.js';

describe('complex tensors', () => {
  for (const from of ['cpu', ...ownBackends]) {
    for (const to of ownBackends) {
      if (from === to) continue;
      it(`move from ${from} to ${to}`, async () => {
        await tf.setBackend(from);
        const before = tf.memory().numTensors;
        const z = tf.tidy(() => {
          const half = tf.complex(tf.tensor2d([[1, 2]]), tf.tensor2d([[3, 4]]));
          return tf.mul(half, half);
        });
        await tf.setBackend(to);
        const results = tf.tidy(() => [tf.real(z), tf.imag(z), tf.mul(z, z), tf.reshape(z, [2])]);
        const values = await Promise.all([...results, z].map((tensor) => tensor.data()));
        expect(values.map((all) => [...all])).to.deep.equal([
          [-8, -12],
          [6, 16],
          [28, -96, -112, -384],
          [-8, 6, -12, 16],
          [-8, 6, -12, 16],
        ]);
        tf.dispose([...results, z]);
        expect(tf.memory().numTensors).to.equal(before);
      });
    }
  }
});
