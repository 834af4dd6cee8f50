// Metrics that only tf.keras knows by name are saved as classes, which Keras 3.15 reads: it refuses the names.

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
});
