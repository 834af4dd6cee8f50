// RandomHeight and RandomWidth: sizes while training, the identity at inference, models with them, and errors.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { dense, globalAveragePooling2d, randomHeight, randomWidth, sequential } from '../../../src/layers.js';
import { onBackends } from '../../support/layers/expectClose.js';
import { pattern } from '../../support/layers/testGoldens.js';

const training = { training: true };

onBackends('RandomHeight and RandomWidth', () => {
  for (const [make, axis] of [
    [randomHeight, 1],
    [randomWidth, 2],
  ] as const) {
    it(`${make.name} changes one size by the factor, for the whole batch`, () => {
      tf.tidy(() => {
        const x = pattern([2, 10, 10, 3], 0);
        const layer = make({ factor: [-0.3, 0.2], seed: 1 });
        const sizes = new Set<number>();
        for (let i = 0; i < 40; i++) {
          const { shape } = layer.apply(x, training) as tf.Tensor;
          sizes.add(shape[axis] as number);
          expect(shape).to.deep.equal([2, 10, 10, 3].map((size, at) => (at === axis ? shape[axis] : size)));
        }
        expect([...sizes].sort((a, b) => a - b)).to.deep.equal([7, 8, 9, 10, 11]);
        expect(layer.computeOutputShape([null, 10, 10, 3])).to.deep.equal(
          [null, 10, 10, 3].map((size, at) => (at === axis ? null : size)),
        );
        expect((layer.apply(x) as tf.Tensor).dataSync()).to.deep.equal(x.dataSync());
        expect((layer.apply(pattern([10, 10, 3], 0), training) as tf.Tensor).rank).to.equal(3);
      });
    });

    it(`${make.name} resizes as tf.image.resize does`, () => {
      tf.tidy(() => {
        const x = pattern([1, 8, 8, 2], 0);
        const layer = make({ factor: [0.5, 0.5] });
        const size = [8, 8] as [number, number];
        size[axis - 1] = 12;
        const wanted = tf.image.resizeBilinear(x as tf.Tensor4D, size, false, true);
        const y = layer.apply(x, training) as tf.Tensor;
        expect(y.shape).to.deep.equal(wanted.shape);
        expect(tf.max(tf.abs(tf.sub(y, wanted))).dataSync()[0]).to.be.below(1e-6);
      });
    });
  }

  it('models with them train, and their config holds the arguments', async () => {
    const layer = randomHeight({ factor: 0.4, interpolation: 'nearest', seed: 3, inputShape: [6, 6, 2] });
    expect(layer.getKerasConfig()).to.include({ factor: 0.4, interpolation: 'nearest', seed: 3 });
    const model = sequential({
      layers: [layer, randomWidth({ factor: [-0.2, 0.4] }), globalAveragePooling2d(), dense({ units: 1 })],
    });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const [x, y] = [pattern([4, 6, 6, 2], 0), tf.zeros([4, 1])];
    const { history } = await model.fit(x, y, { epochs: 3, batchSize: 2, verbose: 0 });
    expect(history.loss.every((loss) => Number.isFinite(loss as number))).to.equal(true);
    tf.dispose([x, y]);
    model.dispose();
  });
});

describe('arguments of RandomHeight and RandomWidth', () => {
  for (const [factor, shown] of [
    [-0.1, '-0.1'],
    [[0.2, -0.2], '0.2, -0.2'],
    [[-1.5, 0], '-1.5, 0'],
    [Number.NaN, 'nan'],
    ['0.2', '0.2'],
    [[0.1, 0.2, 0.3], '0.3'],
  ] as const) {
    it(`refuses the factor ${JSON.stringify(factor)}`, () => {
      expect(() => randomHeight({ factor: factor as number }))
        .to.throw(/`factor` argument/i)
        .and.to.match(new RegExp(shown, 'i'));
    });
  }

  it('refuses an unknown interpolation, and images without a pixel', () => {
    expect(() => randomWidth({ factor: 0.1, interpolation: 'cubic' })).to.throw(/cubic/);
    tf.tidy(() => {
      const layer = randomWidth({ factor: [-0.9, -0.9] });
      expect(() => layer.apply(tf.zeros([1, 4, 4, 1]), training)).to.throw(/no pixel: factor=.*-0\.9.*4, 4, 1/);
    });
  });

  it('refuses what tf.keras does not stretch', () => {
    tf.tidy(() => {
      const images = tf.zeros([1, 4, 4, 1]);
      const call = () => randomWidth({ factor: 0.2 }).apply({ images, segmentation_masks: images }, training);
      expect(call).to.throw(/segmentation_masks/);
    });
  });
});
