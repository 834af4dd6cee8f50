// Random image layers in the middle of a network: a step of training must get through them.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { preprocessingLayers } from '../../../src/layers/preprocessing/index.js';
import type { Affine } from '../../../src/layers/preprocessing/movedBoxes.js';
import * as layers from '../../../src/layers.js';
import { useBackend } from '../../support/backends.js';
import { onBackends } from '../../support/layers/expectClose.js';
import { expectNear } from '../../support/layers/testGoldens.js';
import rows from './gradients.json' with { type: 'json' };

/** Equalization and CLAHE count pixels, and RandomPosterization rounds: they have no gradient. */
const makers: Readonly<Record<string, () => tf.layers.Layer>> = {
  AugMix: () => new layers.AugMix({ seed: 1 }),
  AutoContrast: () => new layers.AutoContrast(),
  CutMix: () => new layers.CutMix(),
  MixUp: () => new layers.MixUp(),
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
  RandomColorJitter: () => new layers.RandomColorJitter({ brightnessFactor: 0.3, hueFactor: 0.3 }),
  RandomCrop: () => new layers.RandomCrop({ height: 5, width: 6 }),
  RandomElasticTransform: () => new layers.RandomElasticTransform({ factor: [1, 1], scale: [1, 1] }),
  RandomFlip: () => new layers.RandomFlip(),
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

/** The images of gradients.py, or with another step the weights of what the layer makes of them. */
function numbers(step: number, isFirst: boolean): tf.Tensor {
  const values = Array.from({ length: 40 }, (_, i) => ((i * step + 11) % 101) / 100);
  return tf.tensor(values, isFirst ? [2, 1, 4, 5] : [2, 4, 5, 1]);
}

const shear: Affine = [1, 0.4, 0, 0.2, 1, 0];
const shifts = [0.1, -0.2, 0.3, 0.25, -0.15, 0.05, -0.1, -0.3, 0, 0.1, 0.2, 0.3, -0.4, 0.15, 0.1, -0.25];
/** What is drawn where a range of one number does not say it. */
const draws: Readonly<Record<string, unknown>> = {
  RandomShear: [shear, shear],
  RandomPerspective: { isChosen: [true, true], shifts },
};

interface Drawn {
  applyDraw(images: tf.Tensor, draw: unknown): tf.Tensor;
}

onBackends('gradients of layers that move pixels, as in Keras on TensorFlow', () => {
  for (const { className, args, gradient } of rows) {
    const { interpolation, fill_mode: mode = '' } = args as Readonly<Record<string, unknown>>;
    it(`${className} ${interpolation} ${mode}`, () => {
      const cls = preprocessingLayers.find((each) => each.className === className);
      for (const dataFormat of ['channels_last', 'channels_first']) {
        tf.tidy(() => {
          const layer = new (cls as (typeof preprocessingLayers)[number])({ ...args, data_format: dataFormat });
          const isFirst = dataFormat === 'channels_first';
          const moved = (x: tf.Tensor) =>
            className in draws
              ? (layer as unknown as Drawn).applyDraw(x, draws[className])
              : (layer.apply(x, { training: true }) as tf.Tensor);
          const total = (x: tf.Tensor) => tf.sum(tf.mul(moved(x), numbers(53, isFirst)));
          expectNear(tf.grad(total)(numbers(37, isFirst)), gradient, dataFormat, 1e-5);
        });
      }
    });
  }

  it('a map without an inverse has images, and no gradient, as in TensorFlow', () => {
    tf.tidy(() => {
      const layer = new layers.RandomZoom({ heightFactor: [-1, -1] });
      const x = numbers(37, false);
      expect((layer.apply(x, { training: true }) as tf.Tensor).shape).to.deep.equal(x.shape);
      const total = (given: tf.Tensor) => tf.sum(layer.apply(given, { training: true }) as tf.Tensor);
      expect(() => tf.grad(total)(x)).to.throw('no inverse');
    });
  });
});

describe('training through layers that move pixels', () => {
  useBackend('convnet-cpu');

  it('a convolution before RandomRotation and RandAugment learns', async () => {
    const inputs = layers.input({ shape: [8, 8, 3] });
    const conv = layers.conv2d({ filters: 3, kernelSize: 3, padding: 'same' });
    const rotated = layers.randomRotation({ factor: 0.2, seed: 1 }).apply(conv.apply(inputs));
    const augmented = layers.randAugment({ seed: 2, valueRange: [0, 1] }).apply(rotated) as tf.SymbolicTensor;
    const pooled = layers.globalAveragePooling2d().apply(augmented) as tf.SymbolicTensor;
    const outputs = layers.dense({ units: 1 }).apply(pooled) as tf.SymbolicTensor;
    const model = layers.model({ inputs, outputs });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const before = conv.getWeights()[0].dataSync().slice();
    const [x, y] = [tf.randomUniform([4, 8, 8, 3], 0, 1, 'float32', 5), tf.ones([4, 1])];
    for (let i = 0; i < 4; i++) await model.trainOnBatch(x, y);
    expect(conv.getWeights()[0].dataSync()).to.not.deep.equal(before);
    tf.dispose([x, y]);
    model.dispose();
  });
});
