// Attention layers in models of TensorFlow.js: masks from an Embedding, losses, training, saving by name.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { installKerasLayers } from '../../../src/layers/allLayers.js';
import {
  Attention,
  attentionLayers,
  GroupQueryAttention,
  MultiHeadAttention,
} from '../../../src/layers/attention/index.js';
import { Dense, Embedding } from '../../../src/layers/core/index.js';
import { onBackends } from '../../support/layers/expectClose.js';
import { expectNear, pattern } from '../../support/layers/testGoldens.js';

type Mha = InstanceType<typeof MultiHeadAttention>;

function free(...layers: tf.layers.Layer[]): void {
  for (const layer of layers) for (const weight of layer.weights) weight.dispose();
}

onBackends('attention in models', () => {
  it('padding that an Embedding masks does not change what comes out', () => {
    const embedding = new Embedding({ inputDim: 5, outputDim: 4, maskZero: true });
    const layers = [
      new MultiHeadAttention({ numHeads: 2, keyDim: 3 }),
      new GroupQueryAttention({ headDim: 2, numQueryHeads: 2, numKeyValueHeads: 1 }),
      new Attention(),
    ];
    const input = tf.input({ shape: [null] });
    const embedded = embedding.apply(input) as tf.SymbolicTensor;
    const query = tf.input({ shape: [2, 4] });
    const outputs = layers.map((layer) => layer.apply([query, embedded]) as tf.SymbolicTensor);
    const model = tf.model({ inputs: [query, input], outputs });
    tf.tidy(() => {
      const q = pattern([1, 2, 4], 3);
      const short = model.predict([q, tf.tensor([[1, 2, 3]])]) as tf.Tensor[];
      const long = model.predict([q, tf.tensor([[1, 2, 3, 0, 0]])]) as tf.Tensor[];
      for (const [i, y] of long.entries()) expectNear(y, [...short[i].dataSync()], layers[i].name);
      const other = model.predict([q, tf.tensor([[1, 2, 3, 4, 4]])]) as tf.Tensor[];
      expect([...other[0].dataSync()]).to.not.deep.equal([...short[0].dataSync()]);
    });
    free(embedding, ...layers);
  });

  it('regularizers of the projections, each once; an activity regularizer counts all four', () => {
    const layer = new MultiHeadAttention({
      numHeads: 1,
      keyDim: 2,
      kernelInitializer: 'ones',
      useBias: false,
      kernelRegularizer: { class_name: 'L2', config: { l2: 1 } },
      activityRegularizer: { class_name: 'L1', config: { l1: 1 } },
    });
    tf.tidy(() => {
      const x = tf.ones([1, 2, 3]);
      layer.apply([x, x], { training: true });
      const losses = layer.calculateLosses().map((loss) => loss.dataSync()[0]);
      // Values 3 in query, key and value [1, 2, 1, 2]; 6 in the output [1, 2, 3]. Kernels of 3 x 2 ones.
      expect(losses.sort((a, b) => a - b)).to.deep.equal([6, 6, 6, 6, 12, 12, 12, 36]);
    });
    free(layer);
  });

  it('projections start with different weights, the same ones from the same seed', () => {
    const kernels = (layer: Mha) => {
      layer.build([
        [null, 3, 4],
        [null, 3, 4],
      ]);
      const values = layer.weights.slice(0, 3).map((weight) => [...weight.read().dataSync()]);
      free(layer);
      return values;
    };
    const [query, , key] = kernels(new MultiHeadAttention({ numHeads: 2, keyDim: 3 }));
    expect(query).to.not.deep.equal(key);
    const kernelInitializer = { class_name: 'GlorotUniform', config: { seed: 4 } };
    const seeded = kernels(new MultiHeadAttention({ numHeads: 2, keyDim: 3, kernelInitializer }));
    expect(seeded[0]).to.deep.equal(seeded[2]);
  });

  it('dropout of the scores acts while training only', () => {
    const layer = new Attention({ dropout: 0.5, seed: 1 });
    tf.tidy(() => {
      const [q, v] = [pattern([2, 3, 4], 0), pattern([2, 5, 4], 1)];
      const plain = [...(new Attention().apply([q, v]) as tf.Tensor).dataSync()];
      expect([...(layer.apply([q, v]) as tf.Tensor).dataSync()]).to.deep.equal(plain);
      expect([...(layer.apply([q, v], { training: true }) as tf.Tensor).dataSync()]).to.not.deep.equal(plain);
    });
  });

  it('trains, and is saved and loaded by TensorFlow.js', async () => {
    installKerasLayers();
    const others = new Set(Object.values(tf.engine().registeredVariables));
    const input = tf.input({ shape: [3, 4] });
    const attended = new MultiHeadAttention({ numHeads: 2, keyDim: 3 }).apply([
      input,
      new Dense({ units: 4 }).apply(input),
    ] as tf.SymbolicTensor[]);
    const output = new Dense({ units: 1 }).apply(attended as tf.SymbolicTensor) as tf.SymbolicTensor;
    const model = tf.model({ inputs: input, outputs: output });
    model.compile({ optimizer: tf.train.adam(0.02), loss: 'meanSquaredError' });
    const x = pattern([16, 3, 4], 0);
    const y = pattern([16, 3, 1], 4);
    const { history } = await model.fit(x, y, { epochs: 15, batchSize: 16, verbose: 0 });
    expect(history.loss[14] as number).to.be.below(history.loss[0] as number);
    const wanted = tf.tidy(() => [...(model.predict(x) as tf.Tensor).dataSync()]);
    let artifacts: tf.io.ModelArtifacts = {};
    await model.save(
      tf.io.withSaveHandler(async (saved) => {
        artifacts = saved;
        return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(saved) };
      }),
    );
    const loaded = await tf.loadLayersModel(tf.io.fromMemory(artifacts));
    tf.tidy(() => expectNear(loaded.predict(x) as tf.Tensor, wanted, 'loaded model', 1e-6));
    free(...model.layers, ...loaded.layers);
    tf.dispose([x, y]);
    const made = Object.values(tf.engine().registeredVariables).filter((variable) => !others.has(variable));
    tf.dispose(made); // the optimizer's
  });
});

describe('arguments of attention layers', () => {
  it('errors under the conditions of Keras', () => {
    const shape = [null, 3, 4];
    const cases: readonly [() => unknown, RegExp][] = [
      [() => new MultiHeadAttention({ numHeads: 0, keyDim: 2 }), /`num_heads`.*positive integer.*num_heads=0/],
      [() => new MultiHeadAttention({ numHeads: 1, keyDim: -1 }), /`key_dim`.*key_dim=-1/],
      [() => new MultiHeadAttention({ numHeads: 1, keyDim: 1, slidingWindow: 0 }), /`sliding_window`/],
      [() => new MultiHeadAttention({ numHeads: 1, keyDim: 1 }).build(shape), /must be called on \[query, value\]/],
      [
        () => new MultiHeadAttention({ numHeads: 1, keyDim: 1 }).build([shape, shape, [null, 5, 4]]),
        /All dimensions of `value` and `key`, except the last one, must be equal/,
      ],
      [
        () => new GroupQueryAttention({ headDim: 2, numQueryHeads: 3, numKeyValueHeads: 2 }),
        /`num_query_heads` must be divisible by `num_key_value_heads`/,
      ],
      [() => new Attention({ scoreMode: 'sum' }), /`score_mode` argument must be one of.*'sum'/],
      [() => new Attention().build(shape), /Attention layer accepts inputs list of length 2 or 3/],
    ];
    for (const [run, message] of cases) expect(run, String(run)).to.throw(message);
  });

  it('the causal argument of the first tf.keras', () => {
    const layer = new Attention({ causal: true } as never);
    expect(layer.callArguments).to.deep.equal({ use_causal_mask: true });
    expect(attentionLayers.length).to.equal(4);
  });
});
