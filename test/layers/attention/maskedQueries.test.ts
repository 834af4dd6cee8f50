// A query that sees nothing: before Keras 3.10 the mask was added to its scores, so that it is trained.
// The values are those of Keras 3.6.0 on TensorFlow.

import * as tf from '@tensorflow/tfjs';
import { MultiHeadAttention } from '../../../src/layers.js';
import { useBackend } from '../../support/backends.js';
import { expectClose } from '../../support/keras/predictions.js';

const thirds = (...values: number[]) => values.map((value) => 0.4 - value / 3);

describe('MultiHeadAttention with a query that sees nothing', () => {
  useBackend('convnet-cpu');

  it('is trained in files of Keras 3.6', () => {
    const layer = new MultiHeadAttention({ numHeads: 1, keyDim: 2, useBias: false }, { kerasVersion: '3.6.0' });
    tf.tidy(() => {
      const x = tf.tensor3d([1, 2, 3, -1], [1, 2, 2]);
      const mask = tf.tensor2d([[true, false]], undefined, 'bool');
      layer.apply([x, x]);
      const weights = [[0, 0.25, 0.5, 0.75], thirds(0, 1, 2, 3), [0, 0.5, 1, 1.5], [1, 0, 0, 1]];
      layer.setWeights(layer.weights.map(({ shape }, i) => tf.tensor(weights[i], shape as number[])));
      const run = () => layer.apply([x, x], { queryMask: mask, valueMask: mask }) as tf.Tensor;
      expectClose([...run().dataSync()], [2, 3.5, 0.5, 1.75], 1e-6, 'output');
      const variables = layer.weights.slice(0, 2).map((weight) => weight.read() as tf.Variable);
      const loss = () => tf.sum(tf.mul(run(), [1, -2])) as tf.Scalar;
      const { grads } = tf.variableGrads(loss, variables);
      const found = variables.map(({ name }) => [...grads[name].dataSync()]);
      expectClose(found[0], [3.3941126, 4.1012197, -1.1313709, -1.3670732], 1e-5, 'query');
      expectClose(found[1], [-Math.SQRT1_2, 0, 1.0606601, 0], 1e-5, 'key');
    });
    layer.dispose();
  });
});
