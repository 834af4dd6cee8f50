// Regularization layers in training: fractions and moments within five standard errors, seeds, gradients, losses.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { StochasticDepth } from '../../../src/layers/applications/index.js';
import type { KerasLayer } from '../../../src/layers/base/kerasLayer.js';
import {
  ActivityRegularization,
  AlphaDropout,
  Dropout,
  GaussianDropout,
  GaussianNoise,
  SpatialDropout1D,
  SpatialDropout2D,
  SpatialDropout3D,
} from '../../../src/layers/regularization/index.js';
import { onBackends } from '../../support/layers/expectClose.js';
import { pattern } from '../../support/layers/testGoldens.js';

const training = { training: true };

function valuesOf(layer: KerasLayer, x: tf.Tensor): number[] {
  return [...(layer.apply(x, training) as tf.Tensor).dataSync()];
}

function moments(values: readonly number[]): { mean: number; std: number } {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
  return { mean, std: Math.sqrt(variance) };
}

onBackends('regularization layers in training', () => {
  it('Dropout: zeros at the rate, the rest scaled; other values each time, the same from the same seed', () => {
    tf.tidy(() => {
      const x = tf.ones([100, 100]);
      const layer = new Dropout({ rate: 0.3, seed: 7 });
      const first = valuesOf(layer, x);
      expect(new Set(first)).to.deep.equal(new Set([0, Math.fround(1 / 0.7)]));
      const share = first.filter((v) => v === 0).length / first.length;
      expect(Math.abs(share - 0.3)).to.be.below(5 * Math.sqrt((0.3 * 0.7) / 10000));
      expect(valuesOf(layer, x)).to.not.deep.equal(first);
      expect(valuesOf(new Dropout({ rate: 0.3, seed: 7 }), x)).to.deep.equal(first);
      expect(valuesOf(new Dropout({ rate: 0.3, seed: 8 }), x)).to.not.deep.equal(first);
    });
  });

  for (const [name, layer] of Object.entries({
    Dropout: () => new Dropout({ rate: 0.25, seed: 3 }),
    'Dropout of rows': () => new Dropout({ rate: 0.25, noiseShape: [null, 1, null], seed: 3 }),
    SpatialDropout1D: () => new SpatialDropout1D({ rate: 0.25, seed: 3 }),
  }))
    it(`${name}: the gradient goes where the values went, and infinity is dropped with them`, () => {
      tf.tidy(() => {
        const x = tf.ones([2, 3, 16]);
        const kept = [...(layer().apply(x, training) as tf.Tensor).dataSync()];
        const gradient = (dy: tf.Tensor) => {
          const call = (given: tf.Tensor) => layer().apply(given, training) as tf.Tensor;
          return [...tf.grad(call)(x, dy).dataSync()];
        };
        expect(new Set(kept)).to.deep.equal(new Set([0, Math.fround(1 / 0.75)]));
        expect(gradient(tf.ones(x.shape))).to.deep.equal(kept);
        const infinite = kept.map((value) => (value === 0 ? 0 : Number.POSITIVE_INFINITY));
        expect(gradient(tf.fill(x.shape, Number.POSITIVE_INFINITY))).to.deep.equal(infinite);
      });
    });

  it('Dropout: rates 0 and 1, NaN and infinity where they are dropped, noise shapes', () => {
    tf.tidy(() => {
      const x = pattern([3, 4], 0);
      expect(valuesOf(new Dropout({ rate: 0 }), x)).to.deep.equal([...x.dataSync()]);
      const odd = tf.tensor([Number.NaN, Number.POSITIVE_INFINITY, 1, 2], [2, 2]);
      expect(valuesOf(new Dropout({ rate: 1 }), odd)).to.deep.equal([0, 0, 0, 0]);
      const rows = valuesOf(new Dropout({ rate: 0.5, noiseShape: [null, 1], seed: 1 }), tf.ones([64, 4]));
      const kinds = Array.from({ length: 64 }, (_, i) => new Set(rows.slice(4 * i, 4 * i + 4)).size);
      expect(new Set(kinds)).to.deep.equal(new Set([1]));
      expect(new Set(rows)).to.deep.equal(new Set([0, 2]));
      const wrong = new Dropout({ rate: 0.5, noiseShape: [3, 1] });
      expect(() => wrong.apply(x.slice(0, 2), training)).to.throw(/noise_shape.*\(3, 1\).*\(2, 4\)/);
    });
  });

  it('Dropout: the gradient is dropped with the value', () => {
    tf.tidy(() => {
      const x = tf.ones([50]);
      const y = valuesOf(new Dropout({ rate: 0.4, seed: 3 }), x);
      const layer = new Dropout({ rate: 0.4, seed: 3 });
      const gradient = tf.grad((z) => tf.sum(layer.apply(z, training) as tf.Tensor))(x);
      expect([...gradient.dataSync()]).to.deep.equal(y);
    });
  });

  it('spatial dropout: whole channels', () => {
    const cases = [
      [new SpatialDropout1D({ rate: 0.5, seed: 2 }), [8, 5, 16], [1]],
      [new SpatialDropout2D({ rate: 0.5, seed: 2 }), [8, 3, 2, 16], [1, 2]],
      [new SpatialDropout2D({ rate: 0.5, seed: 2, dataFormat: 'channels_first' }), [8, 16, 3, 2], [2, 3]],
      [new SpatialDropout3D({ rate: 0.5, seed: 2 }), [4, 2, 2, 2, 32], [1, 2, 3]],
      [new SpatialDropout3D({ rate: 0.5, seed: 2, dataFormat: 'channels_first' }), [4, 32, 2, 2, 2], [2, 3, 4]],
    ] as const;
    for (const [layer, shape, spatialAxes] of cases) {
      tf.tidy(() => {
        const y = layer.apply(tf.ones([...shape]), training) as tf.Tensor;
        expect([...tf.max(y, [...spatialAxes]).dataSync()]).to.deep.equal([...tf.min(y, [...spatialAxes]).dataSync()]);
        const { mean } = moments([...y.dataSync()]);
        expect(Math.abs(mean - 1)).to.be.below(5 / Math.sqrt(128));
      });
    }
  });

  it('AlphaDropout keeps mean and variance', () => {
    tf.tidy(() => {
      const x = tf.randomNormal([200, 100], 0, 1, 'float32', 5);
      const { mean, std } = moments(valuesOf(new AlphaDropout({ rate: 0.2, seed: 4 }), x));
      expect(Math.abs(mean)).to.be.below(0.05);
      expect(Math.abs(std - 1)).to.be.below(0.05);
    });
  });

  it('GaussianDropout and GaussianNoise: moments', () => {
    tf.tidy(() => {
      const n = 20000;
      const factors = moments(valuesOf(new GaussianDropout({ rate: 0.2, seed: 4 }), tf.ones([n])));
      expect(Math.abs(factors.mean - 1)).to.be.below((5 * 0.5) / Math.sqrt(n));
      expect(Math.abs(factors.std - 0.5)).to.be.below(0.02);
      const noise = moments(valuesOf(new GaussianNoise({ stddev: 0.25, seed: 4 }), tf.zeros([n])));
      expect(Math.abs(noise.mean)).to.be.below((5 * 0.25) / Math.sqrt(n));
      expect(Math.abs(noise.std - 0.25)).to.be.below(0.01);
    });
  });

  it('StochasticDepth: whole examples', () => {
    tf.tidy(() => {
      const y = new StochasticDepth({ dropPathRate: 0.5 }).apply(tf.ones([400, 2, 3]), training) as tf.Tensor;
      const values = [...tf.max(y, [1, 2]).dataSync()];
      expect([...tf.min(y, [1, 2]).dataSync()]).to.deep.equal(values);
      expect(new Set(values)).to.deep.equal(new Set([0, 2]));
      expect(Math.abs(moments(values).mean - 1)).to.be.below(5 / Math.sqrt(400));
    });
  });

  it('ActivityRegularization: a loss per example', () => {
    const layer = new ActivityRegularization({ l1: 0.1, l2: 0.2 });
    tf.tidy(() => {
      const x = tf.tensor([1, -2, 3, 0], [2, 2]);
      const y = layer.apply(x, training) as tf.Tensor;
      expect([...y.dataSync()]).to.deep.equal([1, -2, 3, 0]);
      const [loss] = layer.calculateLosses();
      expect(loss.dataSync()[0]).to.be.closeTo((0.1 * 6 + 0.2 * 14) / 2, 1e-6);
    });
  });
});

describe('arguments of regularization layers', () => {
  it('errors under the conditions of Keras', () => {
    const cases: readonly [() => unknown, RegExp][] = [
      [() => new Dropout({ rate: 1.5 }), /Invalid value received for argument `rate`.*between 0 and 1.*rate=1.5/],
      [() => new Dropout({ rate: -0.1 }), /rate=-0.1/],
      [() => new Dropout({} as never), /rate=None/],
      [() => new Dropout({ rate: 0.5, noiseShape: [0] }), /`noise_shape`.*positive integers or None.*\(0,\)/],
      [() => new Dropout({ rate: 0.5, noiseShape: 'x' as never }), /`noise_shape`/],
      [() => new Dropout({ rate: 0.5, seed: 1.5 }), /`seed` must be an integer/],
      [() => new GaussianNoise({ stddev: 2 }), /`stddev`.*stddev=2/],
      [() => new SpatialDropout2D({ rate: 0.1 }).apply(tf.input({ shape: [2, 3] })), /expected ndim=4, found ndim=3/],
    ];
    for (const [run, message] of cases) expect(run, String(run)).to.throw(message);
  });

  it('Keras 2 writes a regularizer into ActivityRegularization', () => {
    const config = { l1: 0.1, l2: 0.2, activity_regularizer: { class_name: 'L1L2', config: { l1: 0.1, l2: 0.2 } } };
    expect(new ActivityRegularization(config as never).getKerasConfig()).to.include({ l1: 0.1, l2: 0.2 });
  });

  it('SpatialDropout writes the type of its variables', () => {
    expect(new SpatialDropout1D({ rate: 0.1, dtype: 'mixed_float16' }).getKerasConfig().dtype).to.equal('float32');
    expect(new SpatialDropout1D({ rate: 0.1, dtype: 'bfloat16' }).getKerasConfig().dtype).to.equal('bfloat16');
  });
});
