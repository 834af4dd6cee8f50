// Gradients of operations beside real Keras, as gradients.py has recorded them.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { Json } from '../../../src/core/json.js';
import { tableBackends, useBackend } from '../../support/backends.js';
import { runOp } from '../../support/layers/opLayers.js';
import goldens from './gradients.json' with { type: 'json' };

const IDS = [0, 2, 0, 0, 2, 1];

const data = (shape: readonly number[], seed: number) =>
  Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => (((i * 37 + seed * 13) % 101) - 50) / 40);

/** What the script hands to an operation beside x. */
function others(className: string, shape: readonly number[]): tf.Tensor[] {
  if (className === 'Lstsq') return [tf.tensor2d(data([shape[0], 2], 5), [shape[0], 2])];
  if (className === 'Nextafter') return [tf.tensor(data(shape, 5), [...shape])];
  return [];
}

function loss(className: string, config: Json, given: readonly tf.Tensor[]): tf.Scalar {
  const ids = className === 'SegmentProd' ? [tf.tensor1d(IDS, 'int32')] : [];
  const outputs = runOp(className, [...given, ...ids], config).filter(({ dtype }) => dtype === 'float32');
  const weighted = outputs.map((y) => tf.sum(tf.mul(tf.square(y), tf.reshape(tf.range(1, y.size + 1), y.shape))));
  return tf.addN(weighted) as tf.Scalar;
}

for (const backend of tableBackends) {
  describe(`gradients of operations beside Keras, ${backend}`, () => {
    useBackend(backend);
    for (const { className, config, shape, gradients } of goldens) {
      it(`${className} ${JSON.stringify(config)} of ${shape}`, () => {
        const values = data(shape, 1);
        if (className === 'SegmentProd')
          for (const [row, column] of [
            [0, 0],
            [2, 1],
            [3, 1],
          ])
            values[2 * row + column] = 0;
        tf.tidy(() => {
          const given = [tf.tensor(values, shape), ...others(className, shape)];
          const found = tf.grads((...x: tf.Tensor[]) => loss(className, config as Json, x))(given);
          gradients.forEach((wanted, i) => {
            const largest = Math.max(1, ...wanted.map(Math.abs));
            const own = found[i].dataSync();
            wanted.forEach((value, k) => {
              // Keras computes in float32 where values here are factored in float64.
              expect(own[k], `input ${i}, value ${k}`).to.be.closeTo(value, 1e-3 * largest);
            });
          });
        });
      });
    }
  });
}

// A gradient that throws leaves its tape behind, so no test here counts tensors.
describe('complex tensors of keras.ops', () => {
  for (const className of ['Absolute', 'Real', 'Conjugate', 'ViewAsReal', 'Angle']) {
    it(`${className} says that they have no gradient`, async () => {
      await tf.setBackend('cpu');
      const loss = (x: tf.Tensor) => {
        const [y] = runOp(className, runOp('ViewAsComplex', [x]));
        return tf.sum(y.dtype === 'complex64' ? runOp('Real', [y])[0] : y);
      };
      const gradient = () => tf.grad(loss)(tf.tensor2d([1, 2, 3, 4], [2, 2]));
      expect(gradient).to.throw(/complex tensors have no gradient here; .* Received: a gradient through a complex64/);
    });
  }
});
