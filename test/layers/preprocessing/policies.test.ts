// RandAugment, AugMix, RandomColorJitter and Pipeline: which layers they apply, and how often. RandomShear and
// RandomElasticTransform: where pixels go.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { KerasLayer } from '../../../src/layers/base/kerasLayer.js';
import {
  AugMix,
  AutoContrast,
  Equalization,
  Pipeline,
  RandAugment,
  RandomColorJitter,
  RandomElasticTransform,
  RandomFlip,
  RandomPosterization,
  RandomSharpness,
  RandomShear,
  Rescaling,
  Solarization,
} from '../../../src/layers/preprocessing/public.js';
import { useBackend } from '../../support/backends.js';
import { expectNear } from '../../support/layers/testGoldens.js';
import goldens from './goldensDraws.json' with { type: 'json' };

const images = (shape: number[]) =>
  tf.tensor(
    Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => (255 * ((i * 37 + 11) % 101)) / 100),
    shape,
  );
const trained = (layer: KerasLayer, x: tf.Tensor) => layer.apply(x, { training: true }) as tf.Tensor;
const distance = (a: tf.Tensor, b: tf.Tensor) => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0];

/** What the layers of a policy of strength 0 make of images; the others leave them. */
function madeByPolicy(x: tf.Tensor): Record<string, tf.Tensor> {
  return {
    same: x,
    inverted: trained(new Solarization(), x),
    posterized: trained(new RandomPosterization({ factor: [1, 1] }), x),
    contrasted: trained(new AutoContrast(), x),
    equalized: trained(new Equalization(), x),
    smoothed: trained(new RandomSharpness({ factor: [0, 0] }), x),
  };
}

describe('layers that apply others at random', () => {
  useBackend('cpu');

  it('RandAugment of strength 0: each of eleven layers as often, of which six change nothing', () => {
    tf.tidy(() => {
      const x = tf.mul(images([1, 4, 4, 3]), 0.8);
      const made = madeByPolicy(x);
      const counts: Record<string, number> = {};
      const layer = new RandAugment({ factor: [0, 0], numOps: 1, seed: 4 });
      for (let i = 0; i < 1100; i++) {
        tf.tidy(() => {
          const y = trained(layer, x);
          const [name] = Object.entries(made).find(([, wanted]) => distance(y, wanted) < 1e-3) ?? ['other'];
          counts[name] = (counts[name] ?? 0) + 1;
        });
      }
      expect(Object.keys(counts).sort()).to.deep.equal(Object.keys(made).sort());
      expect(counts.same).to.be.within(530, 670);
      for (const name of Object.keys(made).slice(1)) expect(counts[name], name).to.be.within(60, 145);
    });
  });

  it('RandAugment applies as many as it is told, one after the other', () => {
    tf.tidy(() => {
      const x = tf.mul(images([1, 4, 4, 3]), 0.8);
      const layer = new RandAugment({ factor: [0, 0], numOps: 2, seed: 1 });
      const both = trained(new Solarization(), trained(new AutoContrast(), x));
      const isFound = Array.from({ length: 400 }, () => tf.tidy(() => distance(trained(layer, x), both) < 1e-3));
      expect(isFound.filter(Boolean).length).to.be.within(1, 20);
    });
  });

  it('AugMix of strength 0 and one step: between the images and what one layer makes of them', () => {
    tf.tidy(() => {
      const x = tf.mul(images([1, 4, 4, 3]), 0.8);
      const { smoothed: _, ...made } = madeByPolicy(x);
      const layer = new AugMix({ factor: [0, 0], numChains: 1, chainDepth: 1, allOps: false, seed: 2 });
      const shares: number[] = [];
      const counts: Record<string, number> = {};
      for (let i = 0; i < 400; i++) {
        tf.tidy(() => {
          const change = tf.sub(trained(layer, x), x);
          const shareOf = (wanted: tf.Tensor) => {
            const whole = tf.sub(wanted, x);
            const share = tf.div(tf.sum(tf.mul(change, whole)), tf.add(tf.sum(tf.square(whole)), 1e-9));
            return { share: share.dataSync()[0], rest: distance(change, tf.mul(whole, share)) };
          };
          const [name, { share }] = Object.entries(made)
            .map(([key, wanted]) => [key, shareOf(wanted)] as const)
            .find(([, { rest }]) => rest < 1e-2) ?? ['other', { share: Number.NaN }];
          counts[name] = (counts[name] ?? 0) + 1;
          if (name !== 'same') shares.push(share);
        });
      }
      expect(Object.keys(counts).sort()).to.deep.equal(Object.keys(made).sort());
      expect(counts.same, 'three layers of seven, and none').to.be.within(160, 240);
      const mean = shares.reduce((a, b) => a + b, 0) / shares.length;
      expect(mean, 'uniform shares').to.be.closeTo(0.5, 0.1);
      expect(Math.min(...shares)).to.be.within(0, 0.05);
      expect(Math.max(...shares)).to.be.within(0.95, 1.001);
    });
  });

  it('AugMix of several chains stays within the range of values', () => {
    tf.tidy(() => {
      const y = trained(new AugMix({ factor: 0.5, seed: 3 }), images([2, 5, 6, 3]));
      expect(tf.min(y).dataSync()[0]).to.be.within(0, 255);
      expect(tf.max(y).dataSync()[0]).to.be.within(0, 255);
    });
  });

  it('RandomColorJitter: its parts in order, none of which without a factor', () => {
    tf.tidy(() => {
      const x = images([2, 3, 3, 3]);
      expectNear(trained(new RandomColorJitter(), x), Array.from(x.dataSync()), 'no factor', 1e-6);
      const brighter = trained(new RandomColorJitter({ brightnessFactor: [0.1, 0.1], seed: 1 }), x);
      expectNear(brighter, Array.from(tf.clipByValue(tf.add(x, 25.5), 0, 255).dataSync()), 'brightness', 1e-3);
      const gray = trained(new RandomColorJitter({ saturationFactor: [0, 0] }), x);
      expectNear(gray, Array.from(tf.broadcastTo(tf.max(x, 3, true), x.shape).dataSync()), 'saturation 0', 1e-3);
      const first = trained(new RandomColorJitter({ hueFactor: 0.3, seed: 2, dataFormat: 'channels_first' }), x);
      expect(first.shape).to.deep.equal(x.shape);
    });
  });

  it('Pipeline: its layers one after the other, random ones in training alone', () => {
    tf.tidy(() => {
      const x = images([1, 3, 3, 3]);
      const layer = new Pipeline({ layers: [new Rescaling({ scale: 0.5 }), new RandomFlip({ mode: 'horizontal' })] });
      const half = tf.mul(x, 0.5);
      expectNear(layer.apply(x) as tf.Tensor, Array.from(half.dataSync()), 'inference', 1e-5);
      const wanted = [half, tf.reverse(half, 2)];
      const kinds = Array.from({ length: 40 }, () => {
        const y = trained(layer, x);
        return wanted.findIndex((one) => distance(y, one) < 1e-4);
      });
      expect([...new Set(kinds)].sort()).to.deep.equal([0, 1]);
    });
  });
});

describe('layers that move pixels', () => {
  useBackend('cpu');

  const shears = goldens.filter(({ className }) => className === 'RandomShear');
  const groups = new Map(
    shears.map(({ args }) => [
      JSON.stringify(args),
      shears.filter((row) => JSON.stringify(row.args) === JSON.stringify(args)),
    ]),
  );
  for (const [args, rows] of groups) {
    it(`RandomShear ${args}: each image by one of both signs, as in Keras`, () => {
      tf.tidy(() => {
        const one = images([1, 4, 5, 3]);
        const isFirst = args.includes('channels_first');
        const x = tf.tile(isFirst ? tf.transpose(one, [0, 3, 1, 2]) : one, [24, 1, 1, 1]);
        const layer = new RandomShear({ ...JSON.parse(args), seed: 1 });
        const wanted = rows.map(({ outputs }) => tf.tensor(outputs, x.shape.slice(1)));
        const kinds = tf.unstack(trained(layer, x)).map((y) => wanted.findIndex((w) => distance(y, w) < 1e-2));
        expect([...new Set(kinds)].sort()).to.deep.equal([0, 1]);
      });
    });
  }

  it('RandomElasticTransform: smooth displacements of the deviation that strength and size say', () => {
    tf.tidy(() => {
      const [height, width] = [40, 60];
      const ramp = tf.tile(tf.reshape(tf.range(0, width), [1, 1, width, 1]), [2, height, 1, 1]);
      const layer = new RandomElasticTransform({ fillMode: 'nearest', seed: 6 });
      const y = layer.applyDraw(ramp, { isChosen: [true, false], strength: 0.5 });
      const [moved, kept] = tf.unstack(tf.sub(y, ramp));
      expect(tf.max(tf.abs(kept)).dataSync()[0], 'not chosen').to.equal(0);
      const inner = tf.slice(moved, [5, 10, 0], [30, 40, 1]);
      const sigma = 0.05 * 0.5 * height;
      const size = Math.trunc(6 * sigma) | 1;
      const weights = Array.from({ length: size }, (_, i) => Math.exp(-0.5 * ((i - (size - 1) / 2) / sigma) ** 2));
      const sum = weights.reduce((a, b) => a + b);
      const squares = weights.reduce((total, weight) => total + (weight / sum) ** 2, 0);
      const wanted = 0.1 * 0.5 * width * sigma * squares; // the kernel is a product: its squares sum to squares^2
      expect(tf.moments(inner).variance.dataSync()[0] ** 0.5).to.be.closeTo(wanted, 0.25 * wanted);
      const steps = tf.sub(tf.slice(moved, [5, 11, 0], [30, 39, 1]), tf.slice(moved, [5, 10, 0], [30, 39, 1]));
      const rough = Math.SQRT2 * wanted; // what independent displacements would give
      expect(tf.moments(steps).variance.dataSync()[0] ** 0.5, 'smooth').to.be.below(0.8 * rough);
    });
  });
});
