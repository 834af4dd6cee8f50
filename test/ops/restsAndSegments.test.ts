// Rests of divisions, sums of segments and empty ranges beside TensorFlow's rules, which TensorFlow.js's `cpu` backend
// misses: a rest has the divisor's sign and is not lost beside a large divisor, sums of integers are integers, and a
// range that ends before it begins has no values.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { isBrowser, ownBackends, useBackend } from '../support/backends.js';
import '../support/cpu/cpuVariants.js';

const backends = isBrowser ? ownBackends : [...ownBackends, 'convnet-cpu-js'];

/** Values of a result, which is disposed of. */
function valuesOf(make: () => tf.Tensor): { shape: number[]; dtype: tf.DataType; values: number[] } {
  return tf.tidy(() => {
    const y = make();
    return { shape: y.shape, dtype: y.dtype, values: [...y.dataSync()] };
  });
}

for (const name of backends) {
  describe(`rests, segments and empty ranges on ${name}`, () => {
    useBackend(name);

    it('a rest has the sign of its divisor, also of an infinite and of a much larger one', () => {
      const cases = [
        [1, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
        [-1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
        [1, Number.POSITIVE_INFINITY, 1],
        [0, Number.NEGATIVE_INFINITY, 0],
        [1, -3e30, -3e30],
        [-1e-20, 3, 3],
        [-7, 3, 2],
        [7, -3, -2],
        [5.5, 2, 1.5],
        [Number.POSITIVE_INFINITY, 2, Number.NaN],
        [1, 0, Number.NaN],
      ];
      const [a, b, expected] = [0, 1, 2].map((i) => cases.map((row) => row[i]));
      const { values } = valuesOf(() => tf.mod(tf.tensor1d(a), tf.tensor1d(b)));
      expect(values).to.deep.equal(expected.map(Math.fround));
    });

    it('rests of tensors that broadcast against each other', () => {
      const { shape, values } = valuesOf(() =>
        tf.mod(tf.tensor([7, -7, 8.5], [3, 1, 1]), tf.tensor([2, -3, 4, 5], [2, 2])),
      );
      expect(shape).to.deep.equal([3, 2, 2]);
      expect(values).to.deep.equal([1, -2, 3, 2, 1, -1, 1, 3, 0.5, -0.5, 0.5, 3.5]);
    });

    it('sums of segments of integers are integers', () => {
      const sums = () => {
        const x = tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8], [4, 2], 'int32');
        return tf.unsortedSegmentSum(x, tf.tensor1d([2, 0, 2, 2], 'int32'), 4);
      };
      expect(valuesOf(sums)).to.deep.equal({ shape: [4, 2], dtype: 'int32', values: [3, 4, 0, 0, 13, 16, 0, 0] });
    });

    it('a range that ends before it begins is empty', () => {
      for (const dtype of ['float32', 'int32', 'bool'] as const) {
        const x = () => tf.cast(tf.tensor2d([1, 0, 1, 1, 0, 1], [3, 2]), dtype);
        const y = valuesOf(() => tf.stridedSlice(x(), [2, 0], [1, 2], [1, 1]));
        expect(y).to.deep.equal({ shape: [0, 2], dtype, values: [] });
        const column = valuesOf(() => tf.stridedSlice(x(), [2, 1], [1, 2], [1, 1], 0, 0, 0, 0, 2));
        expect(column).to.deep.equal({ shape: [0], dtype, values: [] });
      }
    });
  });
}
