// Weights become matrices wherever they are: as values, in an unpacked texture of TensorFlow.js, a packed one, a slice
// of another's, in the tiled layout; forward and rotated, dense, grouped and depthwise; and so do biases and slopes.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { WebglBackend } from '../../../../src/engines/webgl/backend.js';
import { internalsOf } from '../../../../src/engines/webgl/tfjsInternals.js';
import { fused, groupConv2d } from '../../../../src/index.js';
import { useBackend } from '../../../support/backends.js';
import { randomValues } from '../../../support/randomCases.js';
import { sizeOf } from '../../../support/reference.js';

type Shape4D = [number, number, number, number];

/** Ways to hold the tensor of some values. */
const holders: Readonly<Record<string, (values: Float32Array, shape: number[]) => tf.Tensor>> = {
  'an unpacked texture': (values, shape) => {
    const t = tf.tensor(values, shape);
    backend().uploadToGPU(t.dataId);
    return t;
  },
  'a packed texture': (values, shape) => packed(tf.tensor(values, shape)),
  'a packed texture of another shape': (values, shape) => {
    return tf.reshape(packed(tf.tensor(values, [1, shape[0], sizeOf(shape) / shape[0]])), shape);
  },
  'a slice of a texture': (values, shape) => {
    const twice = new Float32Array(2 * values.length);
    twice.set(values, values.length);
    const t = tf.tensor(twice, [2, values.length]);
    backend().uploadToGPU(t.dataId);
    const second = tf.slice(t, [1, 0], [1, values.length]);
    expect(backend().texData.get(second.dataId).slice?.flatOffset, 'offset').to.equal(values.length);
    return tf.reshape(second, shape);
  },
  tensors: (values, shape) => {
    const one = tf.tensor4d([1], [1, 1, 1, 1]);
    const same = tf.conv2d(tf.tensor4d(values, [1, 1, values.length, 1]), one, 1, 'same');
    expect(backend().tensors.isOnlyTiled(same.dataId), 'only in the tiled layout').to.equal(true);
    return tf.reshape(same, shape);
  },
};

function backend(): WebglBackend {
  return tf.backend() as WebglBackend;
}

/** By a program of TensorFlow.js that packs its output. */
function packed(t: tf.Tensor): tf.Tensor {
  backend().uploadToGPU(t.dataId);
  const result = tf.engine().makeTensorFromTensorInfo(internalsOf(backend()).packTensor(t));
  expect(backend().texData.get(result.dataId).isPacked, 'packed').to.equal(true);
  return result;
}

interface Use {
  readonly name: string;
  readonly filter: Shape4D;
  run(x: tf.Tensor4D, filter: tf.Tensor4D): tf.Tensor;
}

const uses: readonly Use[] = [
  { name: 'dense', filter: [3, 3, 6, 7], run: (x, w) => tf.conv2d(x, w, 1, 'same') },
  { name: 'strided', filter: [2, 3, 6, 9], run: (x, w) => tf.conv2d(x, w, 2, 'valid') },
  { name: 'grouped', filter: [3, 3, 3, 10], run: (x, w) => groupConv2d(x, w, 1, 'same') },
  { name: 'depthwise', filter: [3, 3, 6, 1], run: (x, w) => tf.depthwiseConv2d(x, w, 1, 'same') },
  { name: 'depthwise, strided', filter: [5, 5, 6, 1], run: (x, w) => tf.depthwiseConv2d(x, w, 2, 'same') },
  { name: 'depthwise with a multiplier', filter: [3, 3, 6, 2], run: (x, w) => tf.depthwiseConv2d(x, w, 1, 'same') },
];

/** y, and the gradient of x, with the filter as `hold` makes it. */
function results({ filter, run }: Use, hold: (values: Float32Array, shape: number[]) => tf.Tensor): Float32Array[] {
  return tf.tidy(() => {
    const x = tf.tensor4d(randomValues(9 * 10 * 6, 1), [1, 9, 10, 6]);
    const w = hold(randomValues(sizeOf(filter), 2), filter) as tf.Tensor4D;
    const y = run(x, w);
    const dy = tf.tensor(randomValues(y.size, 3), y.shape);
    const dx = tf.grad((x: tf.Tensor) => run(x as tf.Tensor4D, w))(x, dy);
    return [y, dx].map((t) => t.dataSync() as Float32Array);
  });
}

describe('WebGL2 weights', () => {
  useBackend('convnet-webgl');

  for (const [holder, hold] of Object.entries(holders)) {
    describe(`from ${holder}`, () => {
      for (const use of uses) {
        it(use.name, () => {
          const expected = results(use, (values, shape) => tf.tensor(values, shape));
          expect(results(use, hold)).to.deep.equal(expected);
        });
      }

      it('bias and slopes', () => {
        const run = (hold: (values: Float32Array, shape: number[]) => tf.Tensor, channels: number) => {
          return tf.tidy(() => {
            const x = tf.tensor4d(randomValues(6 * 5 * 3, 1), [1, 6, 5, 3]);
            const filter = tf.tensor4d(randomValues(3 * 9, 2), [1, 1, 3, 9]);
            const bias = hold(randomValues(channels, 3), [channels]);
            const preluActivationWeights = hold(randomValues(channels, 4), [channels]);
            const options = { x, filter, strides: 1, pad: 'same', bias, activation: 'prelu' } as const;
            return fused.groupConv2d({ ...options, preluActivationWeights }).dataSync();
          });
        };
        for (const channels of [9, 1]) {
          const expected = run((values, shape) => tf.tensor(values, shape), channels);
          expect(run(hold, channels), `${channels} values`).to.deep.equal(expected);
        }
      });
    });
  }
});
