// TensorFlow functions in models of tf.keras 2: each computes the same as TensorFlow.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { loadKerasModel, saveKerasModel } from '../../src/keras.js';
import { OpLayer } from '../../src/layers/ops/index.js';
import { useBackend, valuesOf } from '../support/backends.js';
import { readFixture } from '../support/keras/fixtureFiles.js';
import { expectPredictions } from '../support/keras/predictions.js';

interface Values {
  readonly shape: number[];
  readonly values: readonly number[];
}

interface Expected {
  readonly inputs: readonly (Values & { readonly dtype: 'float32' | 'int32' })[];
  readonly outputs: readonly Values[];
}

/** TensorFlow computes in float32 too. */
const tolerance = 3e-5;

for (const kind of ['maths', 'arrays', 'images', 'nets', 'signals']) {
  describe(`TFOpLambda nodes: ${kind}`, () => {
    useBackend('convnet-cpu');

    it('compute what TensorFlow computes', async () => {
      const model = await loadKerasModel(await readFixture(`tf_ops/tf_${kind}.keras`));
      try {
        const text = new TextDecoder().decode(await readFixture(`tf_ops/tf_${kind}.json`));
        const { inputs, outputs } = JSON.parse(text) as Expected;
        const found = valuesOf(
          () =>
            model.predictOnBatch(
              inputs.map(({ values, shape, dtype }) => tf.tensor([...values], shape, dtype)),
            ) as tf.Tensor[],
        );
        const names = model.outputs.map(({ name }) => name);
        const wrong = outputs.flatMap(({ values, shape }, i) => {
          const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
          const isRight = (value: number, j: number) => Math.abs(value - values[j]) <= tolerance * largest;
          const isGood = found[i].length === values.length && [...found[i]].every(isRight);
          return isGood ? [] : [`${names[i]} [${shape}]: ${[...found[i]].slice(0, 4)} and not ${values.slice(0, 4)}`];
        });
        expect(wrong).to.deep.equal([]);
      } finally {
        model.dispose();
      }
    });
  });
}

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

describe('TFOpLambda nodes that Keras 3 has no operation for', () => {
  useBackend('convnet-cpu');

  it('live in a model.json of TensorFlow.js', async () => {
    const model = await loadKerasModel(await readFixture('tf_ops/tf_signals.keras'));
    try {
      const ops = model.layers.filter((layer) => layer instanceof OpLayer);
      expect(ops.length).to.be.greaterThan(20);
      for (const layer of ops) {
        const again = new OpLayer(JSON.parse(JSON.stringify(layer.getConfig())));
        expect(again.definition).to.deep.equal(layer.definition);
      }
    } finally {
      model.dispose();
    }
  });

  it('are refused by name when they are saved for Keras', async () => {
    const model = await loadKerasModel(await readFixture('tf_ops/tf_signals.keras'));
    try {
      let refusal = '';
      await saveKerasModel(model, { format: 'keras' }).catch((error: Error) => {
        refusal = error.message;
      });
      expect(refusal).to.match(/Keras 3 has no operation for this function of TensorFlow; received function=tf\./);
    } finally {
      model.dispose();
    }
  });
});
