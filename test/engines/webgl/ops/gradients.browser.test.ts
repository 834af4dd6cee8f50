// The kernels of gradients that TensorFlow.js composes, in the tiled layout and beside it, against the CPU engine.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { useBackend } from '../../../support/backends.js';
import { randomValues } from '../../../support/randomCases.js';
import { backend, expectNear, expectTiled, type ImageCase, intoTiles, odd } from '../../../support/webgl/runImages.js';

type Shape = readonly [number, number, number, number];

const shapes: readonly Shape[] = [
  [2, 5, 7, 3],
  [1, 4, 8, 8],
  [3, 1, 9, 13],
  [2, 7, 7, 1],
  [5, 16, 12, 4],
  [2, 1, 1, 6],
];
const ofEngine = { reference: 'convnet-cpu' } as const;

function kernel(name: string, inputs: tf.NamedTensorMap, attrs: object = {}): tf.Tensor | tf.Tensor[] {
  return tf.engine().runKernel(name, inputs, attrs as never);
}

const reluGrad = (shape: Shape): ImageCase => ({
  name: `[${shape}]`,
  shapes: [shape, shape],
  run: (dy, x) => kernel('ReluGrad', { dy, x }),
});

const spreads: readonly (readonly [Shape, Shape])[] = shapes
  .filter(([, h, w]) => h * w > 1)
  .flatMap((to) => {
    const [n, , , c] = to;
    const from: Shape[] = [
      [1, 1, 1, c],
      [n, 1, 1, c],
      [n, 1, 1, 1],
      [1, 1, 1, 1],
    ];
    return from.map((shape) => [shape, to] as const);
  });

const spread = ([from, to]: readonly [Shape, Shape]): ImageCase => ({
  name: `[${from}] to [${to}]`,
  shapes: [from],
  run: (x) => kernel('Spread', { x }, { shape: [...to] }),
});

describe('gradients of images on WebGL2', () => {
  useBackend('convnet-webgl');

  it('of relu', () => expectTiled(shapes.map(reluGrad), ofEngine));
  it('of relu where x or dy is none or without end', () =>
    expectTiled(shapes.map(reluGrad), { ...ofEngine, values: odd }));
  it('of a mean', () => expectTiled(spreads.map(spread), { ...ofEngine, tolerance: 0 }));
  it('of a mean where dy is none or without end', () =>
    expectTiled(spreads.map(spread), { ...ofEngine, tolerance: 0, values: odd }));

  for (const isTiled of [true, false]) {
    it(`sums of batch normalization, images ${isTiled ? 'in tiles' : 'in textures of TensorFlow.js'}`, async () => {
      for (const [i, shape] of shapes.entries()) {
        const channels = shape[3];
        const size = shape.reduce((product, n) => product * n, 1);
        const values = [1, 2].map((seed) => randomValues(size, 10 * i + seed));
        const mean = randomValues(channels, 10 * i + 3).map((value) => value + 100); // farther off than they spread
        values[1] = values[1].map((value, k) => value + mean[k % channels]);
        const variance = randomValues(channels, 10 * i + 4).map((value) => value * value);
        const run = (place: (x: tf.Tensor) => tf.Tensor) => {
          const [dy, x] = values.map((of) => place(tf.tensor(of, [...shape])));
          const statistics = { mean: tf.tensor1d(mean), variance: tf.tensor1d(variance) };
          return kernel('BatchNormSums', { dy, x, ...statistics }, { epsilon: 0.01 }) as tf.Tensor[];
        };
        const results = (place: (x: tf.Tensor) => tf.Tensor) => tf.tidy(() => run(place).map((y) => y.dataSync()));
        await tf.setBackend('convnet-cpu');
        const expected = results((x) => x);
        await tf.setBackend('convnet-webgl');
        const { usedCount } = backend().tensors.textures;
        const actual = results(isTiled ? intoTiles : (x) => tf.add(x, 0));
        expect(actual.length).to.equal(2);
        for (const [k, y] of actual.entries()) expectNear(y, expected[k], 2e-5, `[${shape}], result ${k}`);
        expect(backend().tensors.textures.usedCount).to.equal(usedCount);
      }
    });
  }

  it('a step of batch normalization, its statistics included, is that of the CPU engine', async () => {
    const step = () => {
      const x = tf.tensor4d(randomValues(2 * 6 * 8 * 5, 1), [2, 6, 8, 5]);
      const [scale, offset] = [2, 3].map((seed) => tf.tensor1d(randomValues(5, seed)));
      const f = (x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor) => {
        const { mean, variance } = tf.moments(x, [0, 1, 2]);
        const args = [mean, variance, offset, scale] as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
        return tf.sum(tf.square(tf.relu(tf.batchNorm4d(x as tf.Tensor4D, ...args, 0.01))));
      };
      return tf
        .grads(f as never)([x, scale, offset])
        .map((y) => y.dataSync());
    };
    await tf.setBackend('convnet-cpu');
    const expected = tf.tidy(step);
    await tf.setBackend('convnet-webgl');
    for (const [k, y] of tf.tidy(step).entries()) expectNear(y, expected[k], 1e-4, `gradient ${k}`);
  });
});
