// TensorFlow functions in models of tf.keras 2: each computes the same as TensorFlow.

import { loadKerasModel } from '../../src/keras.js';
import { useBackend } from '../support/backends.js';
import { readFixture } from '../support/keras/fixtureFiles.js';
import { expectPredictions } from '../support/keras/predictions.js';

describe('TFOpLambda nodes', () => {
  useBackend('convnet-cpu');
  for (const file of ['tf_ops.keras', 'tf_ops.h5']) {
    it(file, async () => {
      const model = await loadKerasModel(await readFixture(`tf_ops/${file}`));
      try {
        expectPredictions(model, JSON.parse(new TextDecoder().decode(await readFixture('tf_ops/tf_ops.json'))));
      } finally {
        model.dispose();
      }
    });
  }
});
