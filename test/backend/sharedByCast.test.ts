// TensorFlow.js's cast of integers and booleans to floats shares their data. Tensors of floats over data of another
// dtype must be computed with as floats, wherever the data were made.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { ownBackends } from '../support/backends.js';

const ops: Record<string, (x: tf.Tensor) => tf.Tensor> = {
  relu: tf.relu,
  add: (x) => tf.add(x, 0.5),
  sum: (x) => tf.sum(x),
  transpose: (x) => tf.transpose(x),
  pad: (x) => tf.pad(x, [[1, 0], [0, 1]]), // biome-ignore format: one row
  matMul: (x) => tf.matMul(x as tf.Tensor2D, x as tf.Tensor2D, false, true),
  concat: (x) => tf.concat([x, tf.neg(x)]),
  conv2d: (x) => tf.conv2d(tf.reshape(x, [1, 2, 3, 1]) as tf.Tensor4D, tf.ones([1, 1, 1, 2]) as tf.Tensor4D, 1, 'same'),
};

for (const to of ownBackends) {
  describe(`data that a cast shares, moved to ${to}`, () => {
    for (const [dtype, numbers] of [
      ['int32', [-7, 0, 3, 1, 2, 9]],
      ['bool', [1, 0, 1, 1, 0, 0]],
    ] as const) {
      it(`${dtype}: computed with as floats and as what they were`, async () => {
        const results: number[][][] = [];
        for (const name of ['cpu', to]) {
          await tf.setBackend('cpu');
          const before = tf.memory().numTensors;
          const whole = tf.tensor2d([...numbers], [2, 3], dtype);
          const floats = whole.toFloat();
          await tf.setBackend(name);
          const ofFloats = Object.values(ops).map((op) => Array.from(tf.tidy(() => op(floats).dataSync())));
          const ofWhole = Array.from(tf.tidy(() => tf.add(whole, tf.scalar(2, 'int32')).dataSync()));
          const later = Array.from(tf.tidy(() => tf.relu(floats).dataSync()));
          results.push([...ofFloats, ofWhole, later, Array.from(floats.dataSync()), Array.from(whole.dataSync())]);
          tf.dispose([whole, floats]);
          expect(tf.memory().numTensors).to.equal(before);
        }
        expect(results[1]).to.deep.equal(results[0].map((all) => all.map((value) => Math.fround(value))));
      });
    }
  });
}
