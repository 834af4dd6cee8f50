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

  /** Rows of one value each, which no kernel may take for less or more than it is. */
  const same = [-infinity, -3e38, -1e25, 0, 1e25, 3e38, infinity, none].map(Math.fround);
  const rows = (length: number) => tf.tensor2d(same.map((value) => new Array(length).fill(value)));
  for (const length of [3, 300]) {
    for (const [name, run] of Object.entries({ max: tf.max, min: tf.min })) {
      it(`${name} of ${length} equal values is that value`, () => {
        expect([...tf.tidy(() => run(rows(length), 1).dataSync())].join()).to.equal(same.join());
        expect([...tf.tidy(() => run(rows(length).transpose(), 0).dataSync())]).to.deep.equal(same);
        const around = tf.tidy(() =>
          run(rows(length).reshape([2, 4, length]), [0, 2], true).arraySync(),
        ) as number[][][];
        const expected = [0, 1, 2, 3].map((i) => {
          const both = [same[i], same[i + 4]];
          return name === 'max' ? Math.max(...both) : Math.min(...both);
        });
        expect(around).to.deep.equal([expected.map((value) => [value])]);
      });
    }

    it(`softmax of ${length} equal values has equal shares`, () => {
      const y = tf.tidy(() => tf.softmax(rows(length)).arraySync()) as number[][];
      for (const [i, row] of y.entries()) {
        const share = Number.isFinite(same[i]) ? 1 / length : none;
        for (const value of row) {
          if (Number.isNaN(share)) expect(value, `${same[i]}`).to.be.NaN;
          else expect(value, `${same[i]}`).to.be.closeTo(share, 1e-7);
        }
      }
    });

    it(`softmax of ${length} values, some of them masked`, () => {
      const values = Array.from({ length }, (_, i) => (i % 3 === 1 ? -infinity : (i % 7) / 2));
      const sum = values.reduce((all, value) => all + Math.exp(value), 0);
      const y = tf.tidy(() => tf.softmax(tf.tensor2d([values, values])).dataSync());
      for (const [i, value] of y.entries()) expect(value).to.be.closeTo(Math.exp(values[i % length]) / sum, 1e-6);
    });
  }

  for (const [i, value] of same.entries()) {
    // As on the CPU, windows of NaN alone have no maximum.
    const expected = Number.isNaN(value) ? -infinity : value;
    it(`max pooling of ${['-inf', '-3e38', '-1e25', 0, 1e25, 3e38, 'inf', 'NaN'][i]}`, () => {
      const values = tf.tidy(() => [
        ...tf.maxPool(tf.fill<tf.Rank.R4>([1, 5, 6, 3], value), 3, 2, 'same').dataSync(),
        ...tf.maxPool3d(tf.fill<tf.Rank.R5>([1, 3, 5, 6, 3], value), 2, 2, 'same').dataSync(),
        ...tf.maxPoolWithArgmax(tf.fill<tf.Rank.R4>([1, 5, 6, 3], value), 2, 2, 'same').result.dataSync(),
      ]);
      expect(new Set(values)).to.deep.equal(new Set([expected]));
    });
  }

  for (const includeBatch of [false, true]) {
    it(`maxPoolWithArgmax finds the first of equal maxima${includeBatch ? ', counted over the batch' : ''}`, () => {
      tf.tidy(() => {
        const x = tf.tensor4d([1, 5, 2, 5, 5, 3, 4, 4, 7, 7, 7, 7, 0, 0, 0, none], [2, 4, 2, 1]);
        const { result, indexes } = tf.maxPoolWithArgmax(x, 2, 2, 'same', includeBatch);
        expect(indexes.dtype).to.equal('int32');
        expect([...result.dataSync()]).to.deep.equal([5, 5, 7, 0]);
        expect([...indexes.dataSync()]).to.deep.equal(includeBatch ? [1, 4, 8, 12] : [1, 4, 0, 4]);
      });
    });
  }

  it('updates replace what was there, however large that was', () => {
    tf.tidy(() => {
      const indices = tf.tensor2d([[1], [0], [1]], [3, 1], 'int32');
      const updates = tf.tensor2d([
        [9, 9],
        [0.25, 0.125],
        [0.1, infinity],
      ]);
      const before = tf.tensor2d([
        [1e9, none],
        [-1e20, infinity],
        [7, 8],
      ]);
      const y = tf.tensorScatterUpdate(before, indices, updates).dataSync();
      expect([...y]).to.deep.equal([0.25, 0.125, Math.fround(0.1), infinity, 7, 8]);
    });
  });

  for (const value of [0, -1e10, infinity, none]) {
    it(`sparseToDense beside ${value}`, () => {
      tf.tidy(() => {
        const at = tf.tensor1d([1, 3], 'int32');
        const dense = tf.sparseToDense(at, tf.tensor1d([0.1, 5]), [5], tf.scalar(value));
        expect([...dense.dataSync()]).to.deep.equal([value, Math.fround(0.1), value, 5, value]);
        const ones = tf.sparseToDense(
          tf.tensor2d(
            [
              [0, 1],
              [1, 0],
            ],
            [2, 2],
            'int32',
          ),
          tf.scalar(3),
          [2, 2],
          tf.scalar(value),
        );
        expect([...ones.dataSync()]).to.deep.equal([value, 3, 3, value]);
      });
    });
  }

  for (const count of [1, 2]) {
    it(`transform with ${count} of two transforms`, () => {
      tf.tidy(() => {
        const image = tf.range(0, 12).reshape([2, 2, 3, 1]) as tf.Tensor4D;
        const transforms = tf.tensor2d(new Array(count).fill([1, 0, 1, 0, 1, 0, 0, 0])); // a pixel to the left
        const y = tf.image.transform(image, transforms, 'nearest', 'constant', 7).dataSync();
        expect([...y]).to.deep.equal([1, 2, 7, 4, 5, 7, 7, 8, 7, 10, 11, 7]);
      });
    });
  }

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
