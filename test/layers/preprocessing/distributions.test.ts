// What random image layers draw: the ranges and distributions of Keras, many images at once.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import {
  CutMix,
  MixUp,
  RandomColorDegeneration,
  RandomElasticTransform,
  RandomErasing,
  RandomGaussianBlur,
  RandomGrayscale,
  RandomHue,
  RandomInvert,
  RandomPerspective,
  RandomPosterization,
  RandomSaturation,
  RandomSharpness,
  Solarization,
} from '../../../src/layers/preprocessing/public.js';
import {
  betaNumbers,
  dirichletWeights,
  permutation,
  randomIntegers,
} from '../../../src/layers/random/distributions.js';
import { seededRandom } from '../../../src/layers/random/seededRandom.js';
import { useBackend } from '../../support/backends.js';

const count = 4000;

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const squares = (values: readonly number[]) => mean(values.map((value) => value ** 2));
const variance = (values: readonly number[]) => squares(values) - mean(values) ** 2;

/** Checks mean, variance and ends; five standard errors of the mean of a uniform distribution. */
function expectUniform(values: readonly number[], low: number, high: number, what: string): void {
  const size = high - low;
  expect(Math.min(...values), `${what}: least`).to.be.within(low, low + 0.01 * size);
  expect(Math.max(...values), `${what}: largest`).to.be.within(high - 0.01 * size, high);
  expect(mean(values), `${what}: mean`).to.be.closeTo((low + high) / 2, (5 * size) / Math.sqrt(12 * values.length));
  expect(variance(values), `${what}: variance`).to.be.closeTo(size ** 2 / 12, 0.06 * (size ** 2 / 12));
}

const share = (chosen: readonly boolean[]) => mean(chosen.map(Number));

describe('what random image layers draw', () => {
  useBackend('cpu');
  const drawn = <D>(layer: { draw(images: tf.Tensor): D }): D => {
    const images = tf.zeros([count, 10, 20, 1]);
    try {
      return layer.draw(images);
    } finally {
      images.dispose();
    }
  };

  it('uniform factors', () => {
    const hue = drawn(new RandomHue({ factor: [0.2, 0.6], seed: 1 })).factor;
    expectUniform(hue.map(Math.abs), 0.1, 0.3, 'half of the hue');
    expect(share(hue.map((value) => value > 0)), 'signs of the hue').to.be.closeTo(0.5, 0.04);
    const saturation = drawn(new RandomSaturation({ factor: [0.1, 0.8], seed: 2 })).factor;
    expectUniform(
      saturation.map((value) => value / (1 + value)),
      0.1,
      0.8,
      'saturation',
    );
    expectUniform(drawn(new RandomSharpness({ factor: [0.1, 0.5], seed: 3 })).factor, 0.1, 0.5, 'sharpness');
    expectUniform(drawn(new RandomColorDegeneration({ factor: 0.4, seed: 4 })).factor, -0.4, 0.4, 'degeneration');
    const { additions, thresholds } = drawn(
      new Solarization({ additionFactor: 0.2, thresholdFactor: [0.4, 0.6], seed: 5 }),
    );
    expectUniform(additions, 0, 51, 'additions');
    expectUniform(thresholds, 0.4, 153, 'thresholds');
    expect(Math.abs(mean(additions.map((value, i) => (value - 25.5) * (thresholds[i] - 76.7))))).to.be.below(60);
  });

  it('bits of a posterization: all but the upper end', () => {
    const { bits } = drawn(new RandomPosterization({ factor: [3, 6], seed: 1 }));
    for (const value of [3, 4, 5]) expect(share(bits.map((bit) => bit === value))).to.be.closeTo(1 / 3, 0.04);
    expect(new Set(drawn(new RandomPosterization({ factor: [4, 4] })).bits)).to.deep.equal(new Set([4]));
  });

  it('which images are changed', () => {
    expect(share(drawn(new RandomGrayscale({ factor: 0.3 })).isChosen)).to.be.closeTo(0.3, 0.04);
    const factor: [number, number] = [0.2, 0.6];
    for (const layer of [
      new RandomInvert({ factor, seed: 1 }),
      new RandomPerspective({ factor, seed: 2 }),
      new RandomErasing({ factor, seed: 3 }),
      new RandomGaussianBlur({ factor, seed: 4 }),
      new RandomElasticTransform({ factor, seed: 5 }),
    ]) {
      expect(share(drawn<{ isChosen: readonly boolean[] }>(layer).isChosen), layer.name).to.be.closeTo(0.4, 0.04);
    }
  });

  it('corners of perspectives', () => {
    const { shifts } = drawn(new RandomPerspective({ scale: 0.4, seed: 1 }));
    expect(shifts).to.have.length(8 * count);
    expectUniform(shifts, -0.2, 0.2, 'shifts');
  });

  it('rectangles to erase: the squares of their shares are uniform, and so are their places', () => {
    const { rectangles } = drawn(new RandomErasing({ scale: [0.1, 0.3], seed: 1 }));
    for (const [axis, size] of [
      ['y', 10],
      ['x', 20],
    ] as const) {
      const spans = rectangles.map((rectangle) => rectangle[axis]);
      expectUniform(
        spans.map(([from, to]) => ((to - from) / size) ** 2),
        0.1 - 1e-6,
        0.3 + 1e-6,
        'squares',
      );
      expectUniform(
        spans.map(([from, to]) => from / (size - (to - from))),
        0,
        1,
        'places',
      );
    }
  });

  it('strengths of a batch', () => {
    const sigmas = Array.from({ length: 400 }, (_, seed) => {
      const images = tf.zeros([1, 2, 2, 1]);
      const { sigma } = new RandomGaussianBlur({ sigma: [0.2, 0.6], seed }).draw(images);
      images.dispose();
      return sigma;
    });
    for (const i of [0, 1]) {
      expect(mean(sigmas.map((sigma) => sigma[i]))).to.be.closeTo(0.4, 0.03);
      expect(Math.min(...sigmas.map((sigma) => sigma[i]))).to.be.within(0.2, 0.21);
      expect(Math.max(...sigmas.map((sigma) => sigma[i]))).to.be.within(0.59, 0.600002);
    }
  });

  it('mixtures: beta weights and permutations', () => {
    for (const alpha of [0.2, 1, 3]) {
      const { order, weights } = drawn(new MixUp({ alpha, seed: 7 }));
      expect([...order].sort((a, b) => a - b)).to.deep.equal(Array.from({ length: count }, (_, i) => i));
      expect(mean(weights), `mean of beta ${alpha}`).to.be.closeTo(0.5, 0.04);
      const wanted = 1 / (4 * (2 * alpha + 1));
      expect(variance(weights), `variance of beta ${alpha}`).to.be.closeTo(wanted, 0.08 * wanted);
    }
    const { rectangles } = drawn(new CutMix({ factor: [1, 1], seed: 3 }));
    const shares = rectangles.map(({ x, y }) => ((x[1] - x[0]) * (y[1] - y[0])) / 200);
    expectUniform(shares, -1e-6, 1 + 1e-6, 'shares');
  });
});

describe('random numbers', () => {
  const random = seededRandom(5);

  it('beta numbers of a tiny parameter are 0 or 1, each as often', () => {
    const values = betaNumbers(random, count, 1e-6);
    expect(values.every((value) => value >= 0 && value <= 1)).to.equal(true);
    expect(mean(values)).to.be.closeTo(0.5, 0.04);
    expect(variance(values)).to.be.closeTo(0.25, 0.01);
  });

  it('Dirichlet weights sum to 1, with the variance of the distribution', () => {
    for (const alpha of [0.5, 1, 4]) {
      const all = Array.from({ length: count }, () => dirichletWeights(random, 3, alpha));
      for (const weights of all) expect(weights.reduce((a, b) => a + b)).to.be.closeTo(1, 1e-12);
      const wanted = 2 / 9 / (3 * alpha + 1);
      expect(variance(all.map(([first]) => first))).to.be.closeTo(wanted, 0.1 * wanted);
    }
  });

  it('integers and permutations are equally likely', () => {
    const integers = randomIntegers(random, count, 2, 5);
    for (const value of [2, 3, 4]) expect(share(integers.map((item) => item === value))).to.be.closeTo(1 / 3, 0.04);
    const orders = Array.from({ length: 6000 }, () => permutation(random, 3).join());
    expect(new Set(orders).size).to.equal(6);
    for (const order of new Set(orders)) expect(share(orders.map((o) => o === order))).to.be.closeTo(1 / 6, 0.025);
  });
});
