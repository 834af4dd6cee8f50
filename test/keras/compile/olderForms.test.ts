// Optimizers and metrics of tf.keras in the form of Keras 3; resume.node.test.ts trains with real files.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { type Compilation, compileAsSaved } from '../../../src/keras/compile/compileAsSaved.js';
import { asKeras3, familyOf, ordersOf, unwrapped, withoutOutput } from '../../../src/keras/compile/olderForms.js';
import { getMetric, type MetricFunction } from '../../../src/layers/losses/metrics.js';
import '../../../src/layers/metrics/metricClasses.js';
import { numberEntry } from '../../../src/layers/optimizers/state.js';
import { followsTfKeras } from '../../../src/layers/optimizers/tfKerasRules.js';
import { dense, Input, model as makeModel } from '../../../src/layers.js';
import { useBackend } from '../../support/backends.js';

describe('older forms of what a file says of training', () => {
  const optimizer = (className: string, config: object) => ({ class_name: className, config: { ...config } });

  it('the family follows from the version and the config', () => {
    const written = optimizer('Custom>Adam', { is_legacy_optimizer: false });
    expect(familyOf(written, '2.15.0')).to.equal('tfkeras');
    expect(familyOf(optimizer('Adam', {}), '2.4.0')).to.equal('legacy');
    expect(familyOf(optimizer('Adam', {}), '3.0.0')).to.equal('keras3');
    // Compiled with `optimizer='adam'`: a .keras of tf.keras has the name alone, and the state of the new Adam.
    expect(familyOf('adam', '2.15.0')).to.equal('tfkeras');
    expect(asKeras3('adam', 'tfkeras')).to.equal('adam');
    expect(familyOf('adam', '3.15.0')).to.equal('keras3');
  });

  it('what is not legacy stays as it is', () => {
    const written = optimizer('RMSprop', { epsilon: 1e-7, decay: 0.5 });
    expect(asKeras3(written, 'tfkeras')).to.equal(written);
    expect(asKeras3(written, 'keras3')).to.equal(written);
  });

  it('decay becomes a schedule, and lr of Keras 2.2 the learning rate', () => {
    const { config } = asKeras3(optimizer('SGD', { lr: 0.5, decay: 0.25 }), 'legacy') as never;
    const { learning_rate: rate } = config as { readonly learning_rate: { class_name: string; config: object } };
    expect(rate.class_name).to.equal('InverseTimeDecay');
    expect(rate.config).to.include({ initial_learning_rate: 0.5, decay_rate: 0.25, decay_steps: 1 });
    expect(asKeras3(optimizer('SGD', { lr: 0.5, decay: 0 }), 'legacy')).to.deep.equal(
      optimizer('SGD', { learning_rate: 0.5 }),
    );
  });

  it('an epsilon that is added to a root becomes its square', () => {
    const epsilonOf = (className: string, config: object) =>
      (asKeras3(optimizer(className, { epsilon: 1e-4, ...config }), 'legacy') as { config: { epsilon: number } }).config
        .epsilon;
    expect(epsilonOf('RMSprop', { momentum: 0 })).to.be.closeTo(1e-8, 1e-20);
    expect(epsilonOf('Adagrad', {})).to.be.closeTo(1e-8, 1e-20);
    expect(epsilonOf('RMSprop', { momentum: 0.5 })).to.equal(1e-4);
    expect(epsilonOf('Adam', {})).to.equal(1e-4);
  });

  it("the product of Nadam's decays is behind the slots, or in front of them as in Keras 3.6", () => {
    const entries = ['iteration', 'learning_rate', 'dense_kernel/momentum', 'dense_kernel/velocity', 'u_product'].map(
      (name) =>
        numberEntry(
          name,
          () => 0,
          () => undefined,
        ),
    );
    const [newer, older] = ordersOf('keras3', entries, 'Nadam').map((order) => order.map(({ name }) => name));
    expect(newer).to.deep.equal(entries.map(({ name }) => name));
    expect(older.slice(1, 4)).to.deep.equal(['learning_rate', 'u_product', 'dense_kernel/momentum']);
    expect(older.length).to.equal(5);
    expect(ordersOf('keras3', entries.slice(0, 4), 'Adam')).to.have.length(1);
  });

  it('a wrapped metric is the function that it wraps', () => {
    const wrapped = optimizer('MeanMetricWrapper', { name: 'accuracy', fn: 'sparse_categorical_accuracy' });
    expect(unwrapped(wrapped)).to.deep.equal(optimizer('sparse_categorical_accuracy', { name: 'accuracy' }));
    expect(unwrapped('accuracy')).to.equal('accuracy');
  });

  // Measured: the names that `evaluate` of tf.keras 2.15 and Keras 3.15 gives for `metrics=[name]`.
  const names: Readonly<Record<string, string>> = {
    AUC: 'auc',
    Precision: 'precision',
    BinaryIoU: 'binary_io_u',
    F1Score: 'f1_score',
    R2Score: 'r2_score',
    FBetaScore: 'fbeta_score',
    BinaryAccuracy: 'binary_accuracy',
    SparseTopKCategoricalAccuracy: 'sparse_top_k_categorical_accuracy',
    MeanSquaredError: 'mean_squared_error',
    KLDivergence: 'kullback_leibler_divergence',
    LogCoshError: 'logcosh',
    Hinge: 'hinge',
    Accuracy: 'Accuracy',
    MSE: 'MSE',
    MAPE: 'MAPE',
    mse: 'mse',
    acc: 'acc',
    cosine_proximity: 'cosine_proximity',
  };
  for (const [given, shown] of Object.entries(names)) {
    it(`the metric '${given}' is logged as ${shown} by tf.keras, and as given by Keras 3`, () => {
      expect(getMetric(given, { byTfKeras: true }).name).to.equal(shown);
      if (given !== 'cosine_proximity') expect(getMetric(given).name).to.equal(given);
    });
  }

  it("'Accuracy' in any case is what the shapes ask for; cosine_proximity of tf.keras is not negative", () => {
    const values = (name: string, y: number[][], x: number[][], byTfKeras: boolean) =>
      tf.tidy(() => [...(getMetric(name, { byTfKeras }) as MetricFunction)(tf.tensor2d(y), tf.tensor2d(x)).dataSync()]);
    for (const name of ['accuracy', 'Accuracy', 'ACC']) {
      expect(values(name, [[1], [0]], [[0.9], [0.8]], true)).to.deep.equal([1, 0]);
      expect(values(name, [[1], [0]], [[0.9], [0.8]], false)).to.deep.equal([1, 0]);
    }
    expect(values('cosine_proximity', [[2, 0]], [[3, 0]], true)).to.deep.equal([1]);
  });

  it('top-k accuracy of one class, which has no one-hot code in TensorFlow.js', () => {
    for (const name of ['top_k_categorical_accuracy', 'sparse_top_k_categorical_accuracy']) {
      const run = getMetric(name) as MetricFunction;
      expect(tf.tidy(() => [...run(tf.tensor2d([[0], [0]]), tf.tensor2d([[0.5], [0.25]])).dataSync()])).to.deep.equal([
        1, 1,
      ]);
    }
  });

  it('a metric loses the name of its output, which the logs put before it', () => {
    const named = (name: string) => optimizer('AUC', { name, curve: 'ROC' });
    expect(withoutOutput(named('b_auc'), 'b')).to.deep.equal(named('auc'));
    expect(withoutOutput(named('auc'), 'b')).to.deep.equal(named('auc'));
    expect(withoutOutput(named('b_auc'), undefined)).to.deep.equal(named('b_auc'));
    expect(withoutOutput('accuracy', 'a')).to.equal('accuracy');
  });
});

/** What an .h5 of tf.keras 2.15 says of two outputs; its logs have loss, a_loss, b_loss, a_accuracy, b_accuracy, b_auc. */
const wrapped = (name: string, fn: string) => ({
  class_name: 'MeanMetricWrapper',
  config: { name, dtype: 'float32', fn },
});
const twoOutputs: Compilation = {
  config: {
    loss: ['sparse_categorical_crossentropy', 'binary_crossentropy'],
    metrics: [
      [wrapped('a_accuracy', 'sparse_categorical_accuracy')],
      [wrapped('b_accuracy', 'binary_accuracy'), { class_name: 'MeanSquaredError', config: { name: 'b_error' } }],
    ],
    weighted_metrics: null,
    loss_weights: null,
    optimizer_config: { class_name: 'Custom>SGD', config: { is_legacy_optimizer: false, learning_rate: 0.1 } },
  },
  state: [],
  isVerbatim: false,
  namesHaveOutputs: true,
  kerasVersion: '2.15.0',
  rulesVersion: '2.15.0',
};

describe('what an .h5 of tf.keras says of training', () => {
  useBackend('convnet-cpu');

  it('metrics of several outputs have the names of tf.keras', () => {
    const x = Input({ shape: [2] });
    const [a, b] = [dense({ units: 3, name: 'a' }).apply(x), dense({ units: 1, name: 'b' }).apply(x)];
    const model = makeModel({ inputs: x, outputs: [a, b] as tf.SymbolicTensor[] });
    compileAsSaved(model, twoOutputs, {
      warn: (text) => {
        throw new Error(text);
      },
    });
    expect(model.metricsNames).to.deep.equal(['loss', 'a_loss', 'b_loss', 'a_accuracy', 'b_accuracy', 'b_error']);
    expect(followsTfKeras(model.optimizer)).to.equal(true);
    model.dispose();
  });
});
