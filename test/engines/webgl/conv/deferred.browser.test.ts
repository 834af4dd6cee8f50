// Convolutions that are drawn when their values are needed, with the operations after them joined to their epilogue.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { WebglBackend } from '../../../../src/engines/webgl/backend.js';
import { useBackend } from '../../../support/backends.js';

type Network = (x: tf.Tensor4D) => tf.Tensor;

function values(count: number, seed: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.sin(i * seed + seed));
}

const image = () => tf.tensor4d(values(2 * 7 * 9 * 6, 0.37), [2, 7, 9, 6]);
const filter = (seed = 0.11) => tf.tensor4d(values(3 * 3 * 6 * 6, seed), [3, 3, 6, 6]);
const vector = (seed: number) => tf.tensor1d(values(6, seed));

/** Made once, as a model's weights are. */
function weightsOf() {
  return {
    w: filter(),
    w2: filter(0.23),
    depthwise: tf.tensor4d(values(3 * 3 * 6, 0.7), [3, 3, 6, 1]),
    bias: vector(0.5),
    mean: vector(0.2),
    variance: tf.tensor1d(values(6, 0.9).map((value) => value * value + 0.1)),
    scale: vector(1.3),
    offset: vector(0.8),
    slope: tf.scalar(-0.4),
    slopes: tf.tensor3d(values(7 * 9 * 6, 0.41), [7, 9, 6]),
  };
}
type Weights = ReturnType<typeof weightsOf>;

const conv = (x: tf.Tensor4D, w: tf.Tensor4D) => tf.conv2d(x, w, 1, 'same');
const prelu = (x: tf.Tensor4D, alpha: tf.Tensor) => tf.prelu<tf.Tensor>(x, alpha) as tf.Tensor4D;
const normalize = (x: tf.Tensor4D, { mean, variance, offset, scale }: Weights) =>
  tf.batchNorm4d(x, mean, variance, offset, scale, 0.01);

const networks: Readonly<Record<string, { draws: number; build: (weights: Weights) => Network }>> = {
  'conv, relu': {
    draws: 1,
    build:
      ({ w }) =>
      (x) =>
        tf.relu(conv(x, w)),
  },
  'conv, leakyRelu': {
    draws: 1,
    build:
      ({ w }) =>
      (x) =>
        tf.leakyRelu(conv(x, w), 0.3),
  },
  'conv, clip to 0..6': {
    draws: 1,
    build:
      ({ w }) =>
      (x) =>
        tf.clipByValue(conv(x, w), 0, 6),
  },
  'conv, clip to -1..1': {
    draws: 2,
    build:
      ({ w }) =>
      (x) =>
        tf.clipByValue(conv(x, w), -1, 1),
  },
  'conv, batchNorm': { draws: 1, build: (all) => (x) => normalize(conv(x, all.w), all) },
  'conv with bias, batchNorm, relu6': {
    draws: 1,
    build: (all) => (x) => {
      const sum = tf.fused.conv2d({ x, filter: all.w, strides: 1, pad: 'same', bias: all.bias });
      return tf.relu6(normalize(sum, all));
    },
  },
  'depthwise, batchNorm, relu': {
    draws: 1,
    build: (all) => (x) => tf.relu(normalize(tf.depthwiseConv2d(x, all.depthwise, 1, 'same'), all)),
  },
  'conv, batchNorm, shortcut, relu': {
    draws: 1,
    build: (all) => (x) => tf.relu(tf.add(x, normalize(conv(x, all.w), all))),
  },
  'sum of two convs': {
    draws: 2,
    build:
      ({ w, w2 }) =>
      (x) =>
        tf.add(conv(x, w), conv(x, w2)),
  },
  'sum of a conv with itself': {
    draws: 2,
    build:
      ({ w }) =>
      (x) => {
        const y = conv(x, w);
        return tf.add(y, y);
      },
  },
  'relu and clip, as tfjs-layers does relu6': {
    draws: 1,
    build:
      ({ w }) =>
      (x) =>
        tf.clipByValue(tf.relu(conv(x, w)), 0, 6),
  },
  'conv, prelu': { draws: 1, build: (all) => (x) => prelu(conv(x, all.w), all.offset) },
  'conv, prelu with one slope': { draws: 1, build: (all) => (x) => prelu(conv(x, all.w), all.slope) },
  'depthwise, batchNorm, prelu': {
    draws: 1,
    build: (all) => (x) => {
      const y = normalize(tf.depthwiseConv2d(x, all.depthwise, 1, 'same'), all);
      return prelu(y, tf.reshape(all.offset, [1, 1, 6]));
    },
  },
  'conv, shortcut, prelu': { draws: 1, build: (all) => (x) => prelu(tf.add(conv(x, all.w), x), all.offset) },
  'conv, prelu with slopes of pixels': {
    draws: 2,
    build: (all) => (x) => prelu(conv(x, all.w), all.slopes),
  },
  'conv, relu, prelu': { draws: 2, build: (all) => (x) => prelu(tf.relu(conv(x, all.w)), all.offset) },
  'conv, prelu, relu': { draws: 2, build: (all) => (x) => tf.relu(prelu(conv(x, all.w), all.offset)) },
  'conv, prelu, shortcut': { draws: 2, build: (all) => (x) => tf.add(prelu(conv(x, all.w), all.offset), x) },
  'conv, prelu, batchNorm': { draws: 2, build: (all) => (x) => normalize(prelu(conv(x, all.w), all.offset), all) },
  'relu twice': {
    draws: 2,
    build:
      ({ w }) =>
      (x) =>
        tf.relu6(tf.leakyRelu(conv(x, w), -2)),
  },
  'batchNorm after relu': { draws: 2, build: (all) => (x) => normalize(tf.relu(conv(x, all.w)), all) },
  'two shortcuts': {
    draws: 2,
    build:
      ({ w }) =>
      (x) =>
        tf.add(x, tf.add(conv(x, w), x)),
  },
  'conv after conv': {
    draws: 2,
    build:
      ({ w, w2 }) =>
      (x) =>
        conv(conv(x, w), w2),
  },
  // Each of these computes the first convolution again the first time. After that it is drawn once, and its relu.
  'a result that goes two ways': {
    draws: 3,
    build:
      ({ w, w2 }) =>
      (x) => {
        const y = conv(x, w);
        return tf.add(conv(tf.relu(y), w2), y);
      },
  },
  'a normalized result that goes two ways': {
    draws: 4,
    build: (all) => (x) => {
      const y = normalize(conv(x, all.w), all);
      return tf.sub(conv(tf.relu(y), all.w2), y);
    },
  },
};

describe('deferred convolutions', () => {
  useBackend('convnet-webgl');
  const backend = () => tf.backend() as WebglBackend;

  async function onCpu(build: (weights: Weights) => Network): Promise<Float32Array> {
    await tf.setBackend('cpu');
    const y = tf.tidy(() => build(weightsOf())(image()).dataSync() as Float32Array);
    await tf.setBackend('convnet-webgl');
    return y;
  }

  function expectSame(actual: Float32Array, expected: Float32Array): void {
    expect(actual.length).to.equal(expected.length);
    expected.forEach((value, i) => {
      expect(actual[i]).to.be.closeTo(value, 2e-5 * Math.max(1, Math.abs(value)));
    });
  }

  for (const [name, { draws, build }] of Object.entries(networks)) {
    it(`${name}: ${draws} draws and the right numbers`, async () => {
      const expected = await onCpu(build);
      const weights = weightsOf();
      const x = image();
      const run = () => tf.tidy(() => build(weights)(x).dataSync() as Float32Array);
      // Compiles, packs weights, and learns. Which use of a program tests it hangs on what other tests drew with it.
      for (let use = 1; use <= 4; use++) expectSame(run(), expected);
      const used = backend().tensors.textures.usedCount;
      const before = backend().counters.draws;
      expectSame(run(), expected);
      expect(backend().counters.draws - before).to.equal(draws);
      expect(backend().tensors.textures.usedCount).to.equal(used);
      tf.dispose([x, ...Object.values(weights)]);
    });
  }

  it('joins to new weights, though those that were in their texture before could not be joined to', () => {
    const run = (build: (weights: Weights) => Network, weights: Weights, x: tf.Tensor4D) =>
      tf.tidy(() => build(weights)(x).dataSync());
    const goesTwoWays = networks['a result that goes two ways']?.build as (weights: Weights) => Network;
    for (let time = 1; time <= 4; time++) {
      const [weights, x] = [weightsOf(), image()];
      run(goesTwoWays, weights, x);
      tf.dispose([x, ...Object.values(weights)]);
    }
    const [weights, x] = [weightsOf(), image()];
    const build: (weights: Weights) => Network = networks['conv, relu']?.build as never;
    for (let use = 1; use <= 4; use++) run(build, weights, x);
    const before = backend().counters.draws;
    run(build, weights, x);
    expect(backend().counters.draws - before).to.equal(1);
    tf.dispose([x, ...Object.values(weights)]);
  });

  it('keeps what it will read when the tensors are disposed of before', async () => {
    const expected = await onCpu((all) => (x) => tf.relu(tf.add(normalize(conv(x, all.w), all), x)));
    const weights = weightsOf();
    const x = image();
    const y = tf.tidy(() => tf.relu(tf.add(normalize(conv(x, weights.w), weights), x)));
    tf.dispose([x, ...Object.values(weights)]);
    // A texture that is freed too early would be drawn over.
    tf.tidy(() => tf.relu(conv(tf.mul(image(), 100) as tf.Tensor4D, filter(0.9))).dataSync());
    expectSame(y.dataSync() as Float32Array, expected);
    y.dispose();
  });

  it('draws nothing for a result that nobody reads', () => {
    const [x, w] = [image(), filter()];
    tf.dispose(tf.tidy(() => tf.relu(conv(x, w))));
    const before = backend().counters.draws;
    const y = conv(x, w);
    y.dispose();
    expect(backend().counters.draws).to.equal(before);
    tf.dispose([x, w]);
  });

  it('gives right gradients', async () => {
    const gradients = (): Float32Array[] =>
      tf.tidy(() => {
        const { w, w2, mean, variance, offset, scale } = weightsOf();
        const loss = (x: tf.Tensor4D, a: tf.Tensor4D, b: tf.Tensor4D) => {
          const y = tf.relu(tf.batchNorm4d(conv(x, a), mean, variance, offset, scale)) as tf.Tensor4D;
          return tf.sum(tf.square(tf.add(conv(y, b), x))) as tf.Scalar;
        };
        const all = tf.grads(loss as never)([image(), w, w2]);
        return all.map((gradient) => gradient.dataSync()) as unknown as tf.TensorContainer;
      }) as unknown as Float32Array[];
    const actual = gradients();
    await tf.setBackend('cpu');
    const expected = gradients();
    await tf.setBackend('convnet-webgl');
    actual.forEach((gradient, i) => {
      const largest = expected[i].reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      gradient.forEach((value, j) => {
        expect(value / largest).to.be.closeTo(expected[i][j] / largest, 1e-5);
      });
    });
  });

  it('is off with CONVNET_DEFER off', () => {
    const [x, w] = [image(), filter()];
    tf.env().set('CONVNET_DEFER', false);
    const before = backend().counters.draws;
    const y = tf.tidy(() => tf.relu(conv(x, w)));
    tf.env().set('CONVNET_DEFER', true);
    expect(backend().counters.draws - before).to.be.at.least(2);
    tf.dispose([x, w, y]);
  });
});
