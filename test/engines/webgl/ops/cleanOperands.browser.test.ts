// Matrix products and scatters of computed tensors of odd sizes. TensorFlow.js's own programs read what others leave beyond
// a tensor's values.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { useBackend, valuesOf } from '../../../support/backends.js';
import { randomValues } from '../../../support/randomCases.js';

/** A computed tensor whose packed texture has e^0 beyond its values. */
const computed = (shape: number[], seed: number) =>
  tf.exp(tf.tensor(randomValues(tf.util.sizeFromShape(shape), seed), shape));

const products: Readonly<Record<string, () => tf.Tensor>> = {
  plain: () => tf.matMul(computed([3, 5], 1), computed([5, 3], 2)),
  transposed: () => tf.matMul(computed([5, 3], 1), computed([4, 5], 2), true, true),
  'with itself': () => {
    const x = computed([3, 7], 1);
    return tf.matMul(x, x, false, true);
  },
  batched: () => tf.matMul(computed([2, 3, 5], 1), computed([2, 5, 1], 2)),
  fused: () =>
    tf.fused.matMul({ a: computed([3, 5], 1), b: computed([5, 3], 2), bias: tf.ones([3]), activation: 'relu' }),
  'scattered rows': () => {
    const indices = tf.tensor2d([[0], [2], [0]], [3, 1], 'int32');
    return tf.scatterND(indices, computed([3, 5], 1), [4, 5]);
  },
  'one scattered row': () => tf.scatterND(tf.tensor2d([[0]], [1, 1], 'int32'), computed([1, 6], 1), [2, 6]),
};

const scatters: Readonly<Record<string, () => tf.Tensor>> = {
  'rows into a tensor': () =>
    tf.tensorScatterUpdate(tf.zeros([4, 5]), tf.tensor2d([[0], [2], [0], [3]], [4, 1], 'int32'), computed([4, 5], 1)),
  'values into a tensor': () =>
    tf.tensorScatterUpdate(
      tf.ones([3, 2]),
      tf.tensor2d([2, 1, 0, 0, 2, 1, 2, 1], [4, 2], 'int32'),
      tf.tensor1d([1, 2, 3, 4]),
    ),
  'integers, by indices of rank 3': () =>
    tf.tensorScatterUpdate(
      tf.zeros([4, 2], 'int32'),
      tf.tensor3d([1, 3, 1, 0], [2, 2, 1], 'int32'),
      tf.tensor3d([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2], 'int32'),
    ),
  'sparse values': () => tf.sparseToDense(tf.tensor1d([3, 1, 3], 'int32'), tf.tensor1d([5, 6, 7]), [5], 9),
  'sparse values of a matrix': () =>
    tf.sparseToDense(tf.tensor2d([0, 1, 2, 2, 0, 1], [3, 2], 'int32'), tf.tensor1d([5, 6, 7]), [3, 3], 0),
  'one sparse value for all': () => tf.sparseToDense(tf.tensor1d([3, 1, 3], 'int32'), tf.scalar(5), [5], 9),
};

describe('scatters that name a place twice keep the last update', () => {
  useBackend('convnet-webgl');

  for (const [title, run] of Object.entries(scatters)) {
    it(title, async () => {
      const [found] = valuesOf(run);
      await tf.setBackend('cpu');
      const [wanted] = valuesOf(run);
      await tf.setBackend('convnet-webgl');
      expect(found).to.have.length(wanted.length);
      for (const [i, value] of found.entries()) expect(value, `value ${i}`).to.be.closeTo(wanted[i], 1e-4);
    });
  }
});

describe('products and scatters of odd sizes', () => {
  useBackend('convnet-webgl');

  for (const [title, run] of Object.entries(products)) {
    it(title, async () => {
      const [found] = valuesOf(run);
      await tf.setBackend('convnet-cpu');
      const [wanted] = valuesOf(run);
      await tf.setBackend('convnet-webgl');
      expect(found).to.have.length(wanted.length);
      for (const [i, value] of found.entries()) expect(value, `value ${i}`).to.be.closeTo(wanted[i], 1e-4);
    });
  }
});
