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

describe('tf.range of a size that is not known', () => {
  useBackend('convnet-cpu');

  it('has no known size, so that positions are embedded for each length', async () => {
    const op = (name: string, fn: string, node: unknown) => ({
      class_name: fn.startsWith('__') ? 'SlicingOpLambda' : 'TFOpLambda',
      name,
      config: { name, function: fn },
      inbound_nodes: [node],
    });
    const layers = [
      { class_name: 'InputLayer', name: 'x', config: { name: 'x', batch_input_shape: [null, null], dtype: 'int32' } },
      op('shape', 'compat.v1.shape', ['x', 0, 0, {}]),
      op('size', '__operators__.getitem', ['shape', 0, 0, { slice_spec: 1 }]),
      op('range', 'range', ['size', 0, 0, {}]),
      {
        class_name: 'Embedding',
        name: 'positions',
        config: { name: 'positions', input_dim: 9, output_dim: 5 },
        inbound_nodes: [[['range', 0, 0, {}]]],
      },
    ].map((layer) => ({ inbound_nodes: [], ...layer }));
    const config = { name: 'm', layers, input_layers: [['x', 0, 0]], output_layers: [['positions', 0, 0]] };
    const modelTopology = { keras_version: '2.15.0', model_config: { class_name: 'Functional', config } };
    const weights = [{ name: 'positions/embeddings', shape: [9, 5], dtype: 'float32' }];
    const text = JSON.stringify({ modelTopology, weightsManifest: [{ paths: ['w'], weights }] });
    const model = await loadKerasModel([
      { name: 'model.json', bytes: new TextEncoder().encode(text) },
      { name: 'w', bytes: new Uint8Array(4 * 45) },
    ]);
    expect(model.outputs[0].shape).to.deep.equal([null, 5]);
    for (const length of [2, 7]) {
      tf.tidy(() => {
        const y = model.predictOnBatch(tf.ones([3, length], 'int32')) as tf.Tensor;
        expect(y.shape).to.deep.equal([length, 5]);
      });
    }
    model.dispose();
  });
});
