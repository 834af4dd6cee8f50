// Functions of TensorFlow that models seldom call, against TensorFlow 2.15: test/keras/tfRareOps.py

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { loadKerasModel } from '../../src/keras.js';
import { tableBackends, useBackend } from '../support/backends.js';
import { expectNear } from '../support/layers/testConvGoldens.js';
import goldens from './tfRareOps.json' with { type: 'json' };

interface Golden {
  readonly config: object;
  readonly x: number[][];
  readonly outputs: readonly { readonly shape: number[]; readonly values: number[] }[];
  readonly gradient: number[] | null;
}

function load(config: object) {
  const modelTopology = { keras_version: '2.15.0', model_config: { class_name: 'Functional', config } };
  const bytes = new TextEncoder().encode(JSON.stringify({ modelTopology, weightsManifest: [] }));
  return loadKerasModel([{ name: 'model.json', bytes }]);
}

for (const backend of tableBackends) {
  describe(`functions of TensorFlow that are seldom called, ${backend}`, () => {
    useBackend(backend);
    for (const [name, { config, x, outputs, gradient }] of Object.entries(goldens as Record<string, Golden>)) {
      it(name, async () => {
        const model = await load(config);
        tf.tidy(() => {
          const inputs = tf.tensor2d(x);
          const run = (given: tf.Tensor) => [model.apply(given) as tf.Tensor | tf.Tensor[]].flat();
          run(inputs).forEach((y, i) => {
            expect(y.shape).to.deep.equal(outputs[i].shape);
            expectNear(tf.cast(y, 'float32'), outputs[i].values, name, 6);
          });
          if (gradient === null) return;
          const total = (given: tf.Tensor) => tf.addN(run(given).map((y) => tf.sum(tf.cast(y, 'float32'))));
          expectNear(tf.grad(total)(inputs), gradient, 'gradient', 5);
        });
        model.dispose();
      });
    }
  });
}
