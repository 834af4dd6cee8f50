// compile() of models that run by Keras's rules takes Keras's names of losses and metrics, beside those of TensorFlow.js.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { toSnake } from '../../../src/core/json.js';
import { getLoss, loadKerasModel, SGD, saveKerasModel } from '../../../src/keras.js';
import { lossTable } from '../../../src/layers/losses/lossTable.js';
import { dense, Input, Model } from '../../../src/layers.js';
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
