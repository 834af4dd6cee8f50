// Callers never get a view of the CPU engine's heap, and cannot change a tensor.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { useBackend } from '../../support/backends.js';
import '../../support/cpu/cpuVariants.js';

for (const backend of ['convnet-cpu', 'convnet-cpu-unshared']) {
  describe(`values read from ${backend}`, () => {
    useBackend(backend);

    it('are a copy in memory of its own, which may be changed', async () => {
      const y = tf.tidy(() => tf.relu(tf.tensor1d([1, -2, 3])));
      for (const values of [y.dataSync(), await y.data()]) {
        expect(values.buffer).to.be.instanceOf(ArrayBuffer);
        expect([...values]).to.deep.equal([1, 0, 3]);
        values.fill(9);
      }
      expect([...y.dataSync()]).to.deep.equal([1, 0, 3]);
      y.dispose();
    });

    it('do not follow the array that a tensor was made of', () => {
      const values = Float32Array.of(1, 2, 3);
      const x = tf.tensor1d(values);
      values.fill(9);
      expect([...tf.tidy(() => tf.relu(x).dataSync())]).to.deep.equal([1, 2, 3]);
      tf.dispose(x);
    });

    it('stay the same when the heap grows and its memory is used again', () => {
      const x = tf.tidy(() => tf.relu(tf.tensor1d([1, 2, 3])));
      const values = x.dataSync();
      const large = tf.tidy(() => tf.zeros([12e6]).relu());
      tf.dispose([x, large]);
      const other = tf.tidy(() => tf.relu(tf.tensor1d([7, 8, 9])));
      expect([...values]).to.deep.equal([1, 2, 3]);
      other.dispose();
    });
  });
}
