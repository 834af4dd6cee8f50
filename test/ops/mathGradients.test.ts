// Gradients of running sums along any axis, and of functions of two tensors of which one is broadcast.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { ownBackends, useBackend } from '../support/backends.js';

for (const backend of ownBackends) {
  describe(`Gradients of sums and broadcast operands on ${backend}`, () => {
    useBackend(backend);

    const gradient = (f: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor, dy: tf.Tensor) => {
      return tf.tidy(() => Array.from(tf.grad(f)(x, dy).dataSync()));
    };

    for (const axis of [0, 1, -1, -2]) {
      it(`cumsum along axis ${axis} of a square`, () => {
        const x = tf.zeros([3, 3]);
        const dy = tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8, 9], [3, 3]);
        const expected =
          axis === 0 || axis === -2 ? [12, 15, 18, 11, 13, 15, 7, 8, 9] : [6, 5, 3, 15, 11, 6, 24, 17, 9];
        expect(gradient((t) => tf.cumsum(t, axis), x, dy)).to.deep.equal(expected);
        const exclusive = axis === 0 || axis === -2 ? [0, 0, 0, 1, 2, 3, 5, 7, 9] : [0, 1, 3, 0, 4, 9, 0, 7, 15];
        expect(gradient((t) => tf.cumsum(t, axis, true, true), x, dy)).to.deep.equal(exclusive);
        tf.dispose([x, dy]);
      });
    }

    const a = [3, -1, 4, 1, -5, 9];
    const b = [2, 0, 5];
    type Slopes = (x: number, y: number) => readonly [number, number];
    const functions: Readonly<Record<string, [(x: tf.Tensor, y: tf.Tensor) => tf.Tensor, Slopes]>> = {
      maximum: [tf.maximum, (x, y) => (x >= y ? [1, 0] : [0, 1])],
      minimum: [tf.minimum, (x, y) => (x <= y ? [1, 0] : [0, 1])],
      squaredDifference: [tf.squaredDifference, (x, y) => [2 * (x - y), 2 * (y - x)]],
    };
    for (const [name, [f, slopes]] of Object.entries(functions)) {
      it(`${name} of rows and a row`, () => {
        const [da, db] = [a.map(() => 0), b.map(() => 0)];
        for (const [i, x] of a.entries()) {
          const [left, right] = slopes(x, b[i % 3]);
          da[i] += (i + 1) * left;
          db[i % 3] += (i + 1) * right;
        }
        tf.tidy(() => {
          const dy = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
          const [x, y] = tf.grads(f)([tf.tensor2d(a, [2, 3]), tf.tensor1d(b)], dy);
          expect(Array.from(x.dataSync()).map((v) => v + 0)).to.deep.equal(da);
          expect(Array.from(y.dataSync()).map((v) => v + 0)).to.deep.equal(db);
          expect(y.shape).to.deep.equal([3]);
          const [first, second] = tf.grads(f)([tf.scalar(2), tf.tensor1d(b)], tf.ones([3]));
          expect([first.shape, second.shape]).to.deep.equal([[], [3]]);
        });
      });
    }

    for (const [outerA, outerB] of [
      [[2], [1]],
      [[1], [3]],
      [
        [2, 1],
        [1, 3],
      ],
      [
        [2, 1],
        [2, 3],
      ],
    ]) {
      it(`a product of batches [${outerA}] and [${outerB}]`, () => {
        tf.tidy(() => {
          const outer = tf.broadcast_util.assertAndGetBroadcastShape(outerA, outerB);
          const x = tf.reshape(tf.range(1, 1 + 2 * tf.util.sizeFromShape(outerA)), [...outerA, 1, 2]);
          const y = tf.reshape(tf.range(1, 1 + 2 * tf.util.sizeFromShape(outerB)), [...outerB, 2, 1]);
          const dy = tf.reshape(tf.range(1, 1 + tf.util.sizeFromShape(outer)), [...outer, 1, 1]);
          const [dx, dw] = tf.grads((p, q) => tf.matMul(p, q))([x, y], dy);
          // The same with sums of products in the place of matrix products.
          const product = (p: tf.Tensor, q: tf.Tensor) => tf.sum(tf.mul(p, tf.reshape(q, [...outerB, 1, 2])), -1, true);
          const [ex, ew] = tf.grads(product)([x, y], dy);
          expect(Array.from(dx.dataSync())).to.deep.equal(Array.from(ex.dataSync()));
          expect(Array.from(dw.dataSync())).to.deep.equal(Array.from(ew.dataSync()));
          expect([dx.shape, dw.shape]).to.deep.equal([x.shape, y.shape]);
        });
      });
    }
  });
}
