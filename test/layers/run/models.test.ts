// Models built in JavaScript of this package's layers run by Keras's rules: the same numbers as the file of real Keras that
// has the same layers and weights.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { flattenTree } from '../../../src/core/tensorTree.js';
import { type KerasModel, loadKerasModel, saveKerasModel } from '../../../src/keras.js';
import { MultiHeadAttention } from '../../../src/layers/attention/multiHeadAttention.js';
import { Dense } from '../../../src/layers/core/dense.js';
import { Embedding } from '../../../src/layers/core/embedding.js';
import { Masking } from '../../../src/layers/core/masking.js';
import { BatchNormalization } from '../../../src/layers/normalization/batchNormalization.js';
import { GRU, LSTM } from '../../../src/layers/recurrent/denseRecurrent.js';
import { Dropout } from '../../../src/layers/regularization/dropout.js';
import { rulesOf } from '../../../src/layers/run/kerasRules.js';
import { Model, makeSequential, model, Sequential, sequential } from '../../../src/layers/run/models.js';
import { isBrowser, useBackend } from '../../support/backends.js';
import { factsOf, fixtureFile } from '../../support/keras/fixtureFiles.js';
import { expectClose, inputTensor } from '../../support/keras/predictions.js';

type Symbol1 = tf.SymbolicTensor;

const version = '3.15.1';

describe('models of these layers', () => {
  useBackend(isBrowser ? 'convnet-webgl' : 'convnet-cpu');

  it('a chain that is disposed of frees the models in it', () => {
    const dense = (units: number) => new Dense({ units, inputShape: [units] });
    const inner = () => sequential({ layers: [dense(3)] as never });
    const [first, later] = [inner(), inner()];
    const whole = sequential({ layers: [dense(3), later, dense(3)] as never });
    for (const one of [whole, sequential({ layers: [first, inner(), dense(3)] as never })]) {
      expect(one.weights.length).to.equal(6);
      one.dispose(); // useBackend() counts tensors
    }
  });

  it('the loss leaves masked positions out, as in Keras', async () => {
    const facts = await factsOf({ version, name: 'mask_loss' });
    const training = facts.training as NonNullable<typeof facts.training>;
    const file = await loadKerasModel(await fixtureFile(version, 'mask_loss.keras'));
    const ids = tf.input({ shape: [6], dtype: 'int32' });
    const x = new Embedding({ inputDim: 9, outputDim: 4, maskZero: true }).apply(ids) as Symbol1;
    const sequence = new LSTM({ units: 3, returnSequences: true }).apply(x) as Symbol1;
    const each = new Dense({ units: 2 }).apply(x) as Symbol1;
    const made = model({ inputs: ids, outputs: [sequence, each] });
    made.setWeights(file.getWeights());
    const optimizer = tf.train.sgd(training.learningRate);
    made.compile({ optimizer, loss: 'meanSquaredError' });
    const xs = facts.inputs.map(inputTensor);
    const targets = training.targets.map(inputTensor);
    const losses: number[] = [];
    for (const _ of training.losses) losses.push(Number([await made.trainOnBatch(xs, targets)].flat()[0]));
    expectClose(losses, training.losses, 1e-4, 'losses');
    tf.dispose([xs, targets]);
    optimizer.dispose();
    made.dispose();
    file.dispose();
  });

  it('a chain of layers masks its loss too', async () => {
    const layers = [
      new Masking({ inputShape: [3, 2] }),
      new Dense({ units: 1, useBias: false, kernelInitializer: 'ones' }),
    ];
    const made = sequential({ layers });
    const optimizer = tf.train.sgd(0);
    made.compile({ optimizer, loss: 'meanSquaredError', metrics: [] });
    const x = tf.tensor([
      [
        [1, 2],
        [3, 4],
        [0, 0],
      ],
    ]); // prettier-ignore
    const y = tf.zeros([1, 3, 1]);
    const [loss] = [await made.trainOnBatch(x, y)].flat();
    expect(loss).to.be.closeTo((3 ** 2 + 7 ** 2) / 2, 1e-4);
    tf.dispose([x, y]);
    optimizer.dispose();
    made.dispose();
  });

  for (const [version, isMasked] of [
    ['2.15.0', true],
    ['3.6.0', false],
    ['3.11.3', false],
    ['3.12.0', true],
  ] as const) {
    it(`metrics of Keras ${version} ${isMasked ? 'leave masked positions out' : 'count all positions'}`, async () => {
      const layers = [
        new Masking({ inputShape: [3, 2] }),
        new Dense({ units: 1, useBias: false, kernelInitializer: 'ones' }),
      ];
      const made = makeSequential({ layers }, rulesOf(version));
      const optimizer = tf.train.sgd(0);
      made.compile({ optimizer, loss: 'meanSquaredError', metrics: ['mae'] });
      const x = tf.tensor([1, 2, 3, 4, 0, 0], [1, 3, 2]);
      const y = tf.ones([1, 3, 1]);
      const [loss, metric] = made.evaluate(x, y) as tf.Scalar[];
      expect(loss.dataSync()[0]).to.be.closeTo((2 ** 2 + 6 ** 2) / 2, 1e-4);
      expect(metric.dataSync()[0]).to.be.closeTo(isMasked ? (2 + 6) / 2 : (2 + 6 + 1) / 3, 1e-4);
      tf.dispose([x, y, loss, metric]);
      optimizer.dispose();
      made.dispose();
    });
  }

  it('a mask given as a tensor goes to its parameter and into files', async () => {
    const x = tf.input({ shape: [5, 4], name: 'x' });
    const seen = tf.input({ shape: [5], dtype: 'bool', name: 'seen' });
    const layer = new GRU({ units: 3 });
    const made = model({ inputs: [x, seen], outputs: layer.apply(x, { mask: seen }) as Symbol1 });
    const values = tf.randomNormal([1, 5, 4]);
    const mask = tf.tensor([[1, 1, 0, 0, 0]], [1, 5], 'bool');
    const short = tf.tidy(() => (layer.apply(tf.slice(values, [0, 0, 0], [1, 2, 4])) as tf.Tensor).dataSync());
    await expectAlsoFromFiles(made, [values, mask], (y) => expectClose(y, [...short], 1e-5, 'masked'));
    tf.dispose([values, mask]);
    made.dispose();
  });

  it('options belong to a call, and go into files', async () => {
    const x = tf.input({ shape: [4, 6], name: 'x' });
    const layer = new MultiHeadAttention({ numHeads: 2, keyDim: 3 });
    const causal = layer.apply([x, x], { useCausalMask: true }) as Symbol1;
    const [plain, scores] = layer.apply([x, x], { returnAttentionScores: true }) as Symbol1[];
    const made = model({ inputs: x, outputs: [causal, plain, scores] });
    const values = tf.randomNormal([1, 4, 6]);
    const direct = tf.tidy(() => {
      const first = layer.apply([values, values], { useCausalMask: true }) as tf.Tensor;
      const second = layer.apply([values, values], { returnAttentionScores: true }) as tf.Tensor[];
      return [first, ...second].flatMap((t) => [...t.dataSync()]);
    });
    expect(layer.callArguments).to.deep.equal({});
    await expectAlsoFromFiles(made, [values], (y) => expectClose(y, direct, 1e-5, 'attention'));
    values.dispose();
    made.dispose();
  });

  it('training follows the model, as in Keras 3', async () => {
    const x = tf.input({ shape: [4], name: 'x' });
    const dropped = new Dropout({ rate: 0.5 }).apply(x, { training: true }) as Symbol1;
    const bn = new BatchNormalization({ momentum: 0.5 });
    const made = new Model({ inputs: x, outputs: bn.apply(dropped, { training: false }) as Symbol1 });
    const values = tf.ones([64, 4]); // so many that the dropout leaves some in each column
    const found = made.predict(values) as tf.Tensor;
    expectClose(found.dataSync(), Array<number>(256).fill(1 / Math.sqrt(1.001)), 1e-5, 'predict drops nothing');
    const optimizer = tf.train.sgd(0);
    made.compile({ optimizer, loss: 'meanSquaredError' });
    await made.trainOnBatch(values, values);
    const [, , mean] = bn.getWeights();
    expect([...mean.dataSync()], 'fit moves the statistics').to.not.deep.equal([0, 0, 0, 0]);
    tf.dispose([values, found]);
    optimizer.dispose();
    made.dispose();
  });

  it('layers of TensorFlow.js may stand among them', () => {
    const made = new Sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] }), new Dense({ units: 1 })] });
    const x = tf.ones([2, 3]);
    const y = made.predict(x) as tf.Tensor;
    expect(y.shape).to.deep.equal([2, 1]);
    expect(made.layers.length).to.equal(2);
    tf.dispose([x, y]);
    made.dispose();
  });
});

async function expectAlsoFromFiles(
  made: KerasModel,
  inputs: tf.Tensor[],
  check: (values: number[]) => void,
): Promise<void> {
  const run = (each: KerasModel) =>
    tf.tidy(() =>
      flattenTree<tf.Tensor>(each.predict(inputs.length === 1 ? inputs[0] : inputs)).flatMap((y) => [...y.dataSync()]),
    );
  check(run(made));
  for (const format of ['keras', 'h5'] as const) {
    const again = await loadKerasModel(await saveKerasModel(made, { format }));
    check(run(again));
    again.dispose();
  }
}
