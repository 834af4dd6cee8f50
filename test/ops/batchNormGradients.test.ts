// The gradient of tf.batchNorm() on our backends, beside plain loops in float64.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { ownBackends, useBackend, valuesOf } from '../support/backends.js';
import { randomValues } from '../support/randomCases.js';

const EPSILON = 0.01;
const SHAPE: [number, number, number, number] = [2, 3, 5, 6];
const CHANNELS = SHAPE[3];
const names = ['x', 'mean', 'variance', 'offset', 'scale'] as const;

const x = randomValues(180, 1);
const dy = randomValues(180, 2);
const [mean, offset, scale] = [3, 4, 5].map((seed) => randomValues(CHANNELS, seed));
const variance = randomValues(CHANNELS, 6).map((value) => value * value + 0.1);

type Results = Record<(typeof names)[number], Float64Array>;

function expected(): Results {
  const dx = new Float64Array(x.length);
  const [dMean, dVariance, dOffset, dScale] = Array.from({ length: 4 }, () => new Float64Array(CHANNELS));
  x.forEach((value, i) => {
    const c = i % CHANNELS;
    const r = 1 / Math.sqrt(variance[c] + EPSILON);
    dx[i] = dy[i] * scale[c] * r;
    dMean[c] -= dy[i] * scale[c] * r;
    dVariance[c] -= (dy[i] * scale[c] * (value - mean[c]) * r ** 3) / 2;
    dOffset[c] += dy[i];
    dScale[c] += dy[i] * (value - mean[c]) * r;
  });
  return { x: dx, mean: dMean, variance: dVariance, offset: dOffset, scale: dScale };
}

const operands = () => {
  const vectors = [mean, variance, offset, scale].map((values) => tf.tensor1d(values));
  return [tf.tensor4d(x, SHAPE), ...vectors] as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
};
const normalize = (...[image, m, v, o, s]: ReturnType<typeof operands>) => tf.batchNorm4d(image, m, v, o, s, EPSILON);

for (const backend of ownBackends) {
  describe(`gradients of batchNorm on ${backend}`, () => {
    useBackend(backend);

    it('of all operands', () => {
      const wanted = expected();
      const found = valuesOf(() => tf.grads(normalize as never)(operands(), tf.tensor4d(dy, SHAPE)));
      for (const [i, name] of names.entries()) {
        const most = Math.max(...wanted[name].map(Math.abs));
        expect(found[i].length).to.equal(wanted[name].length);
        found[i].forEach((value, k) => {
          expect(value, `${name} at ${k}`).to.be.closeTo(wanted[name][k], 3e-6 * most);
        });
      }
    });

    it('of images of rank 2', () => {
      const wanted = expected().x;
      const [first] = valuesOf(() => {
        const [, m, v, o, s] = operands();
        const norm = (t: tf.Tensor) => tf.batchNorm2d(t as tf.Tensor2D, m, v, o, s, EPSILON);
        return tf.grad(norm)(tf.tensor2d(x, [30, CHANNELS]), tf.tensor2d(dy, [30, CHANNELS]));
      });
      first.forEach((value, i) => {
        expect(value).to.be.closeTo(wanted[i], 1e-5);
      });
    });

    it('repeat no vector to the shape of the images', async () => {
      const given = operands();
      const { kernelNames, result } = await tf.profile(() => tf.grads(normalize as never)(given) as never);
      expect(kernelNames).not.to.include('Tile');
      expect(kernelNames).to.include('BatchNormSums');
      tf.dispose([given, result] as tf.TensorContainer);
    });

    it('have gradients themselves', () => {
      // y = scale x, for a mean of 0 and a variance of 1: d2/dx2 of sum y^3 is 6 scale^3 x
      const [second] = valuesOf(() => {
        const [one, zero] = [tf.ones([CHANNELS]), tf.zeros([CHANNELS])] as [tf.Tensor1D, tf.Tensor1D];
        const factor = tf.tensor1d(scale);
        const cube = (t: tf.Tensor) => tf.sum(tf.pow(tf.batchNorm4d(t as tf.Tensor4D, zero, one, zero, factor, 0), 3));
        return tf.grad((t) => tf.sum(tf.grad(cube)(t)))(tf.tensor4d(x, SHAPE));
      });
      second.forEach((value, i) => {
        expect(value).to.be.closeTo(6 * scale[i % CHANNELS] ** 3 * x[i], 1e-4);
      });
    });
  });
}
