// compile() of models that run by Keras's rules takes Keras's names of losses and metrics, beside those of TensorFlow.js.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { toSnake } from '../../../src/core/json.js';
import { getLoss, loadKerasModel, SGD, saveKerasModel } from '../../../src/keras.js';
import { lossTable } from '../../../src/layers/losses/lossTable.js';
import { dense, Input, Model, sequential } from '../../../src/layers.js';
import '../../../src/training.js';
import { useBackend } from '../../support/backends.js';

const x = () => tf.tensor2d([0.2, 0.7, 0.4, 0.9, 0.1, 0.5], [2, 3]);
const y = () => tf.tensor2d([0, 1, 0, 1, 0, 0], [2, 3]);

function made(): Model {
  const input = Input({ shape: [3] });
  const layer = dense({ units: 3, activation: 'softmax', kernelInitializer: 'ones', biasInitializer: 'zeros' });
  return new Model({ inputs: input, outputs: layer.apply(input) as tf.SymbolicTensor });
}

/** What evaluate() gives: the loss and the metrics. */
function evaluated(args: object): number[] {
  const model = made();
  try {
    return tf.tidy(() => {
      model.compile({ optimizer: 'sgd', ...args } as Parameters<Model['compile']>[0]);
      const results = [model.evaluate(x(), y()) as tf.Scalar | tf.Scalar[]].flat();
      return results.map((result) => result.dataSync()[0]);
    });
  } finally {
    model.dispose();
  }
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).to.have.length(expected.length);
  for (const [i, value] of actual.entries()) expect(value).to.be.closeTo(expected[i], 1e-6);
}

const message = (args: object): string => {
  try {
    evaluated(args);
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
};

describe("Keras's names in compile()", () => {
  useBackend('cpu');

  const names = Object.keys(lossTable).filter((name) => {
    const { takesLabels, targetShape } = getLoss(name);
    return !takesLabels && targetShape === undefined; // their targets have other shapes
  });

  it('knows every loss of Keras by its class and by its function', () => {
    expect(names.length).to.be.greaterThan(15);
    for (const name of names) {
      const [expected] = evaluated({ loss: getLoss(name) });
      expect(expected, name).to.be.a('number');
      for (const spelling of [name, toSnake(name)]) {
        expect(evaluated({ loss: spelling })[0], spelling).to.be.closeTo(
          expected,
          1e-6 * Math.max(1, Math.abs(expected)),
        );
      }
    }
    for (const [alias, name] of [
      ['mse', 'MeanSquaredError'],
      ['MAE', 'MeanAbsoluteError'],
      ['kld', 'KLDivergence'],
      ['bce', 'BinaryCrossentropy'],
    ]) {
      expect(evaluated({ loss: alias })).to.deep.equal(evaluated({ loss: getLoss(name) }));
    }
  });

  it('takes labels for a loss that takes them', () => {
    const model = made();
    model.compile({
      optimizer: 'sgd',
      loss: 'sparse_categorical_crossentropy',
      metrics: ['sparse_categorical_accuracy'],
    });
    const [loss, accuracy] = tf.tidy(() =>
      (model.evaluate(x(), tf.tensor2d([1, 0], [2, 1])) as tf.Scalar[]).map((result) => result.dataSync()[0]),
    );
    expect(loss).to.be.closeTo(Math.log(3), 1e-6); // three equal sums
    expect(accuracy).to.equal(0.5);
    model.dispose();
  });

  it('takes lists and dictionaries by output, and leaves names of TensorFlow.js to it', () => {
    const expected = evaluated({ loss: 'meanSquaredError', metrics: ['categoricalAccuracy', 'mae'] });
    const own = ['categorical_accuracy', 'mean_absolute_error'];
    const inList = evaluated({ loss: ['mean_squared_error'], metrics: [own] });
    expectClose(inList, expected);
    const model = made();
    const [output] = model.outputNames;
    model.compile({ optimizer: 'sgd', loss: { [output]: 'mean_squared_error' }, metrics: { [output]: own } });
    expect(model.metricsNames).to.deep.equal(['loss', ...own]);
    model.dispose();
  });

  // Measured with Keras 3.15.1: `evaluate` in two batches of a dense layer of this kernel. Of several classes the accuracy
  // is that of the highest, whatever the loss, and the precision counts every value above 0.5.
  const samples = [1, -1, 0.5, 2, -1, 0.3, 2, 2];
  const kernel = [1, -0.5, 0.3, 0.2, 0.8, -1];
  const single = [0, 3].map((row) => kernel[row]);
  const many = [1, 0, 1, 0, 1, 0, 1, 1, 0, 1, 1, 0];
  const one = [1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1];
  const named = [
    ['binaryCrossentropy', 'sigmoid', many, { accuracy: 0.5, precision: 0.857143 }],
    ['categoricalCrossentropy', 'softmax', one, { acc: 0.5, precision: 0.5, MSE: 0.242396 }],
    ['sparse_categorical_crossentropy', 'softmax', [0, 1, 2, 1], { accuracy: 0.25 }],
    ['binary_crossentropy', 'sigmoid', [1, 0, 0, 1], { accuracy: 0.75, ACC: 0.75 }],
  ] as const;
  for (const [loss, activation, targets, metrics] of named) {
    it(`${Object.keys(metrics)} with ${loss}: logged under these names, with Keras's values`, async () => {
      const weights = loss === 'binary_crossentropy' ? single : kernel;
      const units = weights.length / 2;
      const layer = dense({ units, activation, useBias: false, inputShape: [2] });
      const model = sequential({ layers: [layer] });
      model.compile({ optimizer: 'sgd', loss, metrics: Object.keys(metrics) });
      const [given, wanted] = [tf.tensor2d(samples, [4, 2]), tf.tensor2d([...targets], [4, targets.length / 4])];
      tf.tidy(() => layer.setWeights([tf.tensor2d(weights, [2, units])]));
      const values = tf.tidy(() =>
        (model.evaluate(given, wanted, { batchSize: 2 }) as tf.Scalar[]).map((value) => value.dataSync()[0]),
      );
      expectClose(values.slice(1), Object.values(metrics));
      const { history } = await model.fit(given, wanted, { verbose: 0, epochs: 1 });
      expect(Object.keys(history)).to.deep.equal(['loss', ...Object.keys(metrics)]);
      expect(model.metricsNames).to.deep.equal(['loss', ...Object.keys(metrics)]);
      model.dispose();
      tf.dispose([given, wanted]);
    });
  }

  it('writes them into files as Keras has them', async () => {
    const model = made();
    model.compile({ optimizer: new SGD(), loss: 'kl_divergence', metrics: ['cosine_similarity'] });
    const loaded = await loadKerasModel(await saveKerasModel(model), { compile: true });
    const of = (one: Model) =>
      tf.tidy(() => (one.evaluate(x(), y()) as tf.Scalar[]).map((result) => result.dataSync()[0]));
    expect(loaded.metricsNames).to.deep.equal(model.metricsNames);
    expectClose(of(loaded as unknown as Model), of(model));
    model.dispose();
    loaded.dispose();
  });

  it('refuses names that nobody knows, with the name', () => {
    expect(message({ loss: 'mean_sqared_error' })).to.match(/mean_sqared_error/);
    expect(message({ loss: 'mse', metrics: ['acuracy'] })).to.match(/Could not interpret metric identifier: 'acuracy'/);
  });
});
