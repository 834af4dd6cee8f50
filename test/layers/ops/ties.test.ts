// Gradients where a function has a corner: of |x| at 0 (Keras gives 0, TensorFlow.js -1), and of the logarithm of a sum of
// powers of equal operands. Values of Keras 3.15.1 on TensorFlow. Those of Logaddexp are JAX's, since on TensorFlow Keras
// gives the whole gradient to the first of two equal operands; the weighted crossentropy at 0, where TensorFlow gives the
// gradient 0 or twice the right one, is the derivative itself.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { Json } from '../../../src/core/json.js';
import { tableBackends, useBackend, valuesOf } from '../../support/backends.js';
import { input, opLayer } from '../../support/layers/opLayers.js';

const x = [0, -1, 0, 2, 0, 0];
const w = [0, 1, 0, 2, -3, 0];
const labels: Json = [
  [1, 0, 1],
  [0, 1, 0],
];

type Row = readonly [className: string, config: Json, args: readonly Json[], gradients: readonly number[][]];

const one: readonly Json[] = [input(0)];
const rows: readonly Row[] = [
  ['Absolute', {}, one, [[0, -2, 0, 4, 0, 0]]],
  ['Abs', {}, one, [[0, -2, 0, 4, 0, 0]]],
  ['Fabs', {}, one, [[0, -2, 0, 4, 0, 0]]],
  ['Norm', { ord: 1, axis: 1, keepdims: false }, one, [[0, -1, 0, 2, 0, 0]]],
  ['Norm', { ord: 1, axis: null, keepdims: false }, one, [[0, 0, 0, 1, 0, 0]]],
  ['Normalize', { axis: 1, order: 1 }, one, [[1, 0, 3, 0, 2.5, 3]]],
  [
    'Logaddexp',
    {},
    [input(0), input(1)],
    [
      [0.5, 0.2384058, 1.5, 2, 4.762871, 3],
      [0.5, 1.761594, 1.5, 2, 0.2371294, 3],
    ],
  ],
  [
    'Logaddexp2',
    {},
    [input(0), input(1)],
    [
      [0.5, 0.4, 1.5, 2, 4.444445, 3],
      [0.5, 1.6, 1.5, 2, 0.5555556, 3],
    ],
  ],
  ['tf.math.cumulative_logsumexp', {}, [input(0), 1], [[3.729074, 1.00397, 1.266956, 13.1259, 1.235056, 0.639042]]],
  ['tf.nn.weighted_cross_entropy_with_logits', {}, [labels, input(0), 2], [[-1, 0.5378829, -3, 3.523188, -5, 3]]],
];

for (const backend of tableBackends) {
  describe(`gradients in corners, ${backend}`, () => {
    useBackend(backend);

    for (const [className, config, args, gradients] of rows) {
      it(`${className} ${JSON.stringify(config)}`, () => {
        const layer = opLayer(className, config, [...args]);
        const loss = (...given: tf.Tensor[]) => {
          const y = [layer.call(given)].flat()[0];
          return tf.sum(tf.mul(y, tf.reshape(tf.range(1, y.size + 1), y.shape)));
        };
        const found = valuesOf(() => {
          const operands = [x, w].slice(0, gradients.length).map((values) => tf.tensor2d(values, [2, 3]));
          return tf.grads(loss)(operands);
        });
        gradients.forEach((wanted, operand) => {
          wanted.forEach((value, i) => {
            expect(found[operand][i], `operand ${operand}, ${i}`).to.be.closeTo(value, 1e-5 * Math.max(1, value));
          });
        });
      });
    }
  });
}
