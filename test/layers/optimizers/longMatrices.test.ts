// Muon on matrices of which one side is much longer, where several rounds of its iteration share their products, beside
// real Keras.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { getOptimizer } from '../../../src/layers/optimizers/optimizers.js';
import { tableBackends, useBackend } from '../../support/backends.js';
import goldens from './longMatrices.json' with { type: 'json' };

const STEPS = 6;
const EVERY = 61;

function sampleOf(shape: number[], step: number, few: boolean): tf.Tensor {
  const values = Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => {
    const mixed = few ? (i % 13) + step : i * i * 31 + i * 7 + step * 1009;
    return (mixed % 10007) / 5003 - 1;
  });
  return tf.tensor(values, shape);
}

for (const backend of tableBackends) {
  describe(`Muon of Keras on long matrices, ${backend}`, () => {
    useBackend(backend);
    for (const { shape, few, serialized, found } of goldens) {
      it(`${shape.join('x')}${few ? ', few large singular values' : ''}`, () => {
        const optimizer = getOptimizer(serialized as never);
        const first = sampleOf(shape, 0, false);
        const variable = tf.variable(first, true, 'kernel');
        for (let step = 1; step <= STEPS; step++) {
          tf.tidy(() => optimizer.applyGradients([{ name: 'kernel', tensor: sampleOf(shape, step, few) }]));
        }
        const values = variable.dataSync();
        optimizer.dispose();
        tf.dispose([variable, first]);
        expect(found.length).to.equal(Math.ceil(values.length / EVERY));
        found.forEach((wanted, i) => {
          expect(values[EVERY * i], `value ${EVERY * i}`).to.be.closeTo(wanted, 1e-5);
        });
      });
    }
  });
}
