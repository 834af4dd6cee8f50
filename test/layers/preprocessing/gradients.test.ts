// Random image layers in the middle of a network: a step of training must get through them.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import * as layers from '../../../src/layers.js';
import { useBackend } from '../../support/backends.js';

/** Equalization and CLAHE count pixels, and RandomPosterization rounds: they have no gradient. */
const makers: Readonly<Record<string, () => tf.layers.Layer>> = {
  AutoContrast: () => new layers.AutoContrast(),
  RandomBrightness: () => new layers.RandomBrightness({ factor: 0.5 }),
  RandomContrast: () => new layers.RandomContrast({ factor: 0.5 }),
  RandomHue: () => new layers.RandomHue({ factor: 0.9 }),
  RandomSaturation: () => new layers.RandomSaturation({ factor: 0.7 }),
  RandomGrayscale: () => new layers.RandomGrayscale({ factor: 1 }),
  RandomInvert: () => new layers.RandomInvert({ factor: 1 }),
  RandomSharpness: () => new layers.RandomSharpness({ factor: 0.7 }),
  RandomColorDegeneration: () => new layers.RandomColorDegeneration({ factor: 0.7 }),
  RandomErasing: () => new layers.RandomErasing({ factor: 1 }),
  RandomGaussianBlur: () => new layers.RandomGaussianBlur({ factor: 1 }),
  Solarization: () => new layers.Solarization({ additionFactor: 0.3, thresholdFactor: 0.5 }),
};

describe('gradients of random image layers', () => {
  useBackend('convnet-cpu');

  for (const [name, make] of Object.entries(makers)) {
    it(name, () => {
      const layer = make();
      tf.tidy(() => {
        const x = tf.add(tf.mul(tf.randomUniform([2, 8, 8, 3], 0, 1, 'float32', 3), 200), 20);
        const sum = (given: tf.Tensor) => tf.sum(layer.apply(given, { training: true }) as tf.Tensor);
        const values = tf.grad(sum)(x).dataSync();
        expect(values.every(Number.isFinite), 'finite').to.equal(true);
        expect(values.some((value) => value !== 0)).to.equal(true);
      });
      layer.dispose();
    });
  }
});
