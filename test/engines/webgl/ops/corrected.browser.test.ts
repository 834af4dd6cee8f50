// Kernels of TensorFlow.js's WebGL backend that lose NaN and infinities, answer with the wrong dtype, know four axes at
// most, or say nothing of an index beyond a tensor.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { useBackend } from '../../../support/backends.js';

const { NaN: none, POSITIVE_INFINITY: infinity } = Number;

describe('WebGL2 ops: corrected kernels', () => {
  useBackend('convnet-webgl');

  const sums = [none, infinity, -infinity, -2, 0, 3];
  const activations: Readonly<Record<string, readonly number[]>> = {
    relu: [none, infinity, 0, 0, 0, 3],
    relu6: [none, 6, 0, 0, 0, 3],
    elu: [none, infinity, -1, Math.expm1(-2), 0, 3],
    sigmoid: [none, 1, 0, 1 / (1 + Math.exp(2)), 0.5, 1 / (1 + Math.exp(-3))],
    leakyrelu: [none, infinity, -infinity, -0.5, 0, 3],
    prelu: [none, infinity, -infinity, -1, 0, 3],
  };
  for (const [activation, expected] of Object.entries(activations)) {
    const fused = { activation: activation as tf.fused.Activation, leakyreluAlpha: 0.25 };
    const alpha = activation === 'prelu' ? 0.5 : undefined;
    const expectValues = (y: tf.Tensor) => {
      y.dataSync().forEach((value, i) => {
        const isSame = Object.is(value, expected[i]) || value === expected[i] || Math.abs(value - expected[i]) < 1e-6;
        if (!isSame) expect.fail(`${activation}(${sums[i]}) must be ${expected[i]}; received ${value}`);
      });
    };

    it(`${activation} of a convolution in NCHW keeps NaN and infinities`, () => {
      tf.tidy(() => {
        const x = tf.tensor4d(sums, [1, 1, 2, 3]);
        const preluActivationWeights = alpha === undefined ? undefined : tf.fill([1, 1, 1], alpha);
        const filter = tf.ones<tf.Rank.R4>([1, 1, 1, 1]);
        const shape = { x, filter, strides: 1, pad: 'same', dataFormat: 'NCHW' } as const;
        expectValues(tf.fused.conv2d({ ...shape, ...fused, preluActivationWeights }));
      });
    });

    it(`${activation} of a matrix product keeps NaN and infinities`, () => {
      tf.tidy(() => {
        const preluActivationWeights = alpha === undefined ? undefined : tf.fill([1], alpha);
        const [a, b] = [tf.tensor2d(sums, [6, 1]), tf.ones<tf.Rank.R2>([1, 1])];
        expectValues(tf.fused.matMul({ a, b, bias: tf.zeros([1]), ...fused, preluActivationWeights }));
      });
    });
  }

  it('localResponseNormalization makes what NaN is part of NaN', () => {
    const y = tf.tidy(() => {
      const x = tf.tensor4d([1, 2, none, 4, 5, 6, 7], [1, 1, 1, 7]);
      return tf.localResponseNormalization(x, 1, 1, 0.5, 0.7).dataSync();
    });
    const norm = (x: number, ...around: number[]) => x * (1 + 0.5 * around.reduce((s, v) => s + v * v, 0)) ** -0.7;
    const expected = [norm(1, 1, 2), none, none, none, norm(5, 4, 5, 6), norm(6, 5, 6, 7), norm(7, 6, 7)];
    y.forEach((value, i) => {
      if (Number.isNaN(expected[i])) expect(value, `${i}`).to.be.NaN;
      else expect(value, `${i}`).to.be.closeTo(expected[i], 1e-5);
    });
  });

  it('maxPoolWithArgmax gives whole numbers', () => {
    tf.tidy(() => {
      const { indexes } = tf.maxPoolWithArgmax(tf.tensor4d([1, 5, 2, 3], [1, 2, 2, 1]), 2, 2, 'valid');
      expect(indexes.dtype).to.equal('int32');
      expect([...indexes.dataSync()]).to.deep.equal([1]);
    });
  });

  const shape = [2, 1, 3, 2, 4, 2];
  const counted = (rank: number) =>
    tf.range(0, tf.util.sizeFromShape(shape.slice(0, rank))).reshape(shape.slice(0, rank));
  const moves: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
    pad: (x) =>
      tf.pad(
        x,
        x.shape.map((_, i) => [i % 2, (i + 1) % 3] as [number, number]),
        9,
      ),
    mirrorPad: (x) =>
      tf.mirrorPad(
        x,
        x.shape.map((size, i) => [i % 2, Math.min(size - 1, 1)]),
        'symmetric',
      ),
    reverse: (x) => tf.reverse(x, [0, 2, -1]),
  };
  for (const [name, run] of Object.entries(moves)) {
    for (const rank of [5, 6]) {
      it(`${name} of ${rank} axes`, async () => {
        const ours = tf.tidy(() => run(counted(rank)).dataSync());
        await tf.setBackend('cpu');
        const expected = tf.tidy(() => run(counted(rank)).dataSync());
        await tf.setBackend('convnet-webgl');
        expect([...ours]).to.deep.equal([...expected]);
      });
    }
  }

  it('refuses indices beyond a tensor', () => {
    const refused = (run: (x: tf.Tensor) => void, words: string) => {
      expect(() => tf.tidy(() => run(tf.ones([3, 4])))).to.throw(words);
    };
    refused((x) => tf.gather(x, tf.tensor1d([0, 3], 'int32')), 'GatherV2: the index value 3 is not in [0, 2]');
    refused((x) => tf.gather(x, tf.tensor1d([-1], 'int32'), 1), 'GatherV2: the index value -1 is not in [0, 3]');
    refused(
      (x) => tf.gatherND(x, tf.tensor2d([[2, 4]], [1, 2], 'int32')),
      'GatherNd: the index value 4 is not in [0, 3]',
    );
  });
});
