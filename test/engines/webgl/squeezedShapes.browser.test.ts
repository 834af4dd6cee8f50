// Tensors of one texture under several shapes, whose programs TensorFlow.js takes for one.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { useBackend } from '../../support/backends.js';

const values = Float32Array.from({ length: 24 }, (_, i) => i - 3);
const shapes = [[8, 3, 1], [4, 6, 1], [1, 8, 3], [1, 4, 6], [8, 1, 3], [2, 1, 12], [1, 8, 3, 1], [1, 4, 6, 1]]; // biome-ignore format: one row

const ops: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
  sin: tf.sin,
  mod: (x) => tf.mod(x, tf.scalar(5)),
  add: (x) => tf.add(x, x.mul(2)),
  min: (x) => tf.min(x, 1),
  max: (x) => tf.max(x, 0),
  sum: (x) => tf.sum(x, 1),
  mean: (x) => tf.mean(x, 1),
  cumsum: (x) => tf.cumsum(x, 1),
  reverse: (x) => tf.reverse(x, 1),
  gather: (x) => tf.gather(x, tf.tensor1d([0, 0], 'int32'), 1),
  tile: (x) =>
    tf.tile(
      x,
      x.shape.map(() => 2),
    ),
  pad: (x) =>
    tf.pad(
      x,
      x.shape.map(() => [1, 0] as [number, number]),
      9,
    ),
  slice: (x) =>
    tf.slice(
      x,
      x.shape.map((size) => (size > 1 ? 1 : 0)),
    ),
  concat: (x) => tf.concat([x, x], 1),
  transpose: (x) => tf.transpose(x),
  softmax: (x) => tf.softmax(x),
  argMax: (x) => tf.argMax(x, 1),
  stridedSlice: (x) =>
    tf.stridedSlice(
      x,
      x.shape.map(() => 0),
      x.shape,
      x.shape.map(() => 2),
    ),
};

describe('WebGL2: tensors of one texture under several shapes', () => {
  useBackend('convnet-webgl');
  let forward: boolean;
  before(() => {
    forward = tf.env().getBool('WEBGL_CPU_FORWARD');
    tf.env().set('WEBGL_CPU_FORWARD', false); // small ones would be computed on the CPU
  });
  after(() => tf.env().set('WEBGL_CPU_FORWARD', forward));

  for (const [name, run] of Object.entries(ops)) {
    it(name, async () => {
      const made = () => tf.mul(tf.tensor2d(values, [8, 3]), 1); // on the GPU, in a texture of 8 x 3
      const results = shapes.map((shape) => tf.tidy(() => [...run(made().reshape(shape)).dataSync()]));
      await tf.setBackend('cpu');
      const expected = shapes.map((shape) => tf.tidy(() => [...run(tf.tensor(values, shape)).dataSync()]));
      await tf.setBackend('convnet-webgl');
      for (const [i, shape] of shapes.entries()) {
        results[i].forEach((value, at) => {
          const isClose = Math.abs(value - expected[i][at]) < 1e-5;
          if (!isClose) expect.fail(`[${shape}]: value ${at} must be ${expected[i][at]}; received ${value}`);
        });
      }
    });
  }
});
