// Metrics that only tf.keras knows by name are saved as classes, which Keras 3.15 reads: it refuses the names.

import { type Tensor, tensor2d, tidy } from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { JsonObject } from '../../../src/core/json.js';
import { compileConfig, trainingConfig } from '../../../src/keras/save/compileConfig.js';
import { getLoss } from '../../../src/layers/losses/losses.js';
import { getMetric } from '../../../src/layers/losses/metrics.js';
import { SGD } from '../../../src/layers/optimizers/gradientDescent.js';
import { dense, Input, model as makeModel, sequential } from '../../../src/layers.js';
import { useBackend } from '../../support/backends.js';

describe('metrics that Keras 3 does not know by name', () => {
  useBackend('convnet-cpu');

  for (const [units, lossName, className] of [
    [1, 'BinaryCrossentropy', 'BinaryCrossentropy'],
    [3, 'CategoricalCrossentropy', 'CategoricalCrossentropy'],
    [3, 'SparseCategoricalCrossentropy', 'SparseCategoricalCrossentropy'],
  ] as const) {
    it(`crossentropy of ${units} beside ${lossName}`, () => {
      const model = sequential({ layers: [dense({ units, inputShape: [2] })] as never });
      const metrics = [getMetric('crossentropy'), 'accuracy'] as never;
      model.compile({
        optimizer: new SGD(),
        loss: getLoss(lossName) as never,
        metrics,
        weightedMetrics: getMetric('ce'),
      });
      const object = (name: string) => ({
        module: 'keras.metrics',
        class_name: className,
        config: { name },
        registered_name: null,
      });
      const config = compileConfig(model);
      expect(config.metrics).to.deep.equal([object('crossentropy'), 'accuracy']);
      expect(config.weighted_metrics).to.deep.equal(object('ce'));
      expect((trainingConfig(model) as JsonObject).metrics).to.deep.equal([
        { class_name: className, config: { name: 'crossentropy' } },
        'accuracy',
      ]);
      expect(getMetric(object('ce')).name).to.equal('ce');
      model.optimizer.dispose();
      model.dispose();
    });
  }

  it('of several outputs, each by its own', () => {
    const x = Input({ shape: [2] });
    const outputs = [dense({ units: 1, name: 'a' }).apply(x), dense({ units: 3, name: 'b' }).apply(x)];
    const model = makeModel({ inputs: x, outputs: outputs as never });
    const ce = () => getMetric('ce');
    const classes = (value: unknown) => JSON.stringify(value).match(/\w+Crossentropy/g);
    const loss = [getLoss('BinaryCrossentropy'), getLoss('SparseCategoricalCrossentropy')] as never;
    for (const metrics of [[[ce()], [ce()]], { a: ce(), b: [ce()] }]) {
      model.compile({ optimizer: new SGD(), loss, metrics });
      expect(classes(compileConfig(model).metrics)).to.deep.equal([
        'BinaryCrossentropy',
        'SparseCategoricalCrossentropy',
      ]);
    }
    model.dispose();
  });

  it('a metric of a loss stays a metric, which counts weights, and a function stays a function', () => {
    const inFile = (class_name: string, config: object) => ({ module: 'keras.metrics', class_name, config });
    const written = (given: unknown) => (getMetric(given) as { serialize(): JsonObject }).serialize();
    const squares = { ...inFile('MeanSquaredError', { name: 'mse' }), registered_name: null };
    expect(written(squares)).to.deep.equal(squares);
    // An .h5 says no module, and tf.keras names the function of a wrapper.
    expect(written({ class_name: 'MeanSquaredError', config: { name: 'mse', dtype: 'float32' } })).to.deep.equal(
      squares,
    );
    expect(written({ class_name: 'mean_squared_error', config: { name: 'mse' } })).to.deep.equal(squares);
    const smoothed = { name: 'bce', from_logits: false, label_smoothing: 0.1 };
    expect(written(inFile('BinaryCrossentropy', smoothed)).config).to.deep.equal(smoothed);
    const huber = { module: 'builtins', class_name: 'function', config: 'huber', registered_name: 'function' };
    expect(written(huber)).to.deep.equal(huber);
    const wrapper = inFile('MeanMetricWrapper', { name: 'h', fn: huber });
    expect(written({ class_name: 'huber', config: { name: 'h' } })).to.deep.equal({
      ...wrapper,
      registered_name: null,
    });
    expect(written(wrapper)).to.deep.equal({ ...wrapper, registered_name: null });
    expect(getMetric(wrapper).name).to.equal('h');
    // Objects of losses among the metrics have a reduction.
    const loss = { module: 'keras.losses', class_name: 'Huber', config: { name: 'hl', delta: 2, reduction: 'sum' } };
    expect(written(loss)).to.deep.equal({ ...loss, registered_name: null });
    const inWrapper = { class_name: 'MeanMetricWrapper', config: { name: 'hl', fn: { ...loss, module: undefined } } };
    expect(written(inWrapper)).to.deep.equal({ ...loss, registered_name: null });
  });

  it('functions are names in .h5, and each output has a loss or null', () => {
    const x = Input({ shape: [2] });
    const outputs = [dense({ units: 1, name: 'a' }).apply(x), dense({ units: 1, name: 'b' }).apply(x)];
    const model = makeModel({ inputs: x, outputs: outputs as never });
    const named = (config: string) => ({
      module: 'builtins',
      class_name: 'function',
      config,
      registered_name: 'function',
    });
    model.compile({
      optimizer: new SGD(),
      loss: { b: getLoss('MeanAbsoluteError') } as never,
      metrics: { b: [getMetric(named('mean_squared_error')), getMetric(named('cosine_similarity'))] },
    });
    expect(Object.keys(compileConfig(model).loss as object)).to.deep.equal(['a', 'b']);
    expect((compileConfig(model).loss as JsonObject).a).to.equal(null);
    expect(JSON.stringify((trainingConfig(model) as JsonObject).metrics)).to.include(
      '["mean_squared_error","cosine_similarity"]',
    );
    model.optimizer.dispose();
    model.dispose();
  });

  it('the function cosine_similarity is the negative of the metric', () => {
    const named = {
      module: 'builtins',
      class_name: 'function',
      config: 'cosine_similarity',
      registered_name: 'function',
    };
    const cosine = (metric: unknown) =>
      tidy(() => (metric as (y: unknown, x: unknown) => Tensor)(tensor2d([[1, 0]]), tensor2d([[2, 0]])).dataSync()[0]);
    expect(cosine(getMetric(named))).to.be.closeTo(-1, 1e-6);
    expect(cosine(getMetric('cosine_similarity'))).to.be.closeTo(1, 1e-6);
  });
});
