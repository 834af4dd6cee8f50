// Keras's metrics beside real Keras, over several batches: results, weights, resets and configs.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { setMask } from '../../../src/layers/base/masks.js';
import { getMetric } from '../../../src/layers/losses/metrics.js';
import { metricClasses } from '../../../src/layers/metrics/metricClasses.js';
import { MeanMetricWrapper, type Metric, Precision } from '../../../src/layers/metrics/public.js';
import { oneOfEachFor, tableBackends, useBackend } from '../../support/backends.js';
import goldens from './goldens.json' with { type: 'json' };

interface Row {
  readonly name: string;
  readonly arguments: object;
  readonly data: string;
  readonly serialized: { readonly class_name: string; readonly config: object };
  readonly results: readonly (readonly (number | string)[])[];
  readonly weighted: readonly (readonly (number | string)[])[];
}

interface Values {
  readonly shape: number[];
  readonly values: number[];
}

const rows = goldens.rows as unknown as readonly Row[];
const data = goldens.data as unknown as Readonly<Record<string, readonly (readonly Values[])[]>>;
/** Metrics of values alone, whose data are the predictions of others. */
const ofValues: Readonly<Record<string, string>> = { values: 'binary', values_of_steps: 'numbers' };

function expectResult(metric: Metric, wanted: readonly (number | string)[], title: string): void {
  const result = metric.result();
  const found = result.dataSync();
  result.dispose();
  expect(found.length, title).to.equal(wanted.length);
  wanted.forEach((value, i) => {
    if (typeof value === 'string') expect(String(found[i]).toLowerCase(), title).to.contain(value.slice(-3));
    else expect(found[i], title).to.be.closeTo(value, 1e-5 * Math.max(1, Math.abs(value)));
  });
}

function run(metric: Metric, row: Row, isWeighted: boolean): void {
  const isOfValues = row.data in ofValues;
  const wanted = isWeighted ? row.weighted : row.results;
  data[ofValues[row.data] ?? row.data].forEach((batch, i) => {
    const [y, x, w] = batch.map(({ shape, values }) => tf.tensor(values, shape));
    const weight = isWeighted ? w : null;
    if (isOfValues) metric.updateState(x, weight as never);
    else metric.updateState(y, x, weight);
    tf.dispose([y, x, w]);
    expectResult(metric, wanted[i], `batch ${i}${isWeighted ? ', weighted' : ''}`);
  });
}

for (const backend of tableBackends) {
  describe(`metrics of Keras, ${backend}`, () => {
    useBackend(backend);

    for (const row of oneOfEachFor(backend, rows, ({ name }) => name)) {
      it(`${row.name} ${JSON.stringify(row.arguments)} of ${row.data}`, () => {
        const metric = new metricClasses[row.name](row.arguments);
        run(metric, row, false);
        metric.resetState();
        run(metric, row, true);
        metric.dispose();
      });
    }
  });
}

describe('metrics of Keras', () => {
  useBackend('cpu');

  it('there is a class for each of Keras, with a golden', () => {
    expect(Object.keys(metricClasses).sort()).to.deep.equal([...goldens.classes].sort());
    const tried = new Set(rows.map(({ name }) => name));
    expect(goldens.classes.filter((name) => !tried.has(name))).to.deep.equal(['MeanMetricWrapper', 'Metric']);
  });

  it('configs are those of Keras, and make the same metric again', () => {
    for (const { name, arguments: args, serialized } of rows) {
      const metric = new metricClasses[name](args);
      const { class_name } = metric.serialize() as unknown as Row['serialized'];
      const config = metric.getConfig();
      expect(class_name).to.equal(name);
      expect(config, `${name} ${JSON.stringify(args)}`).to.deep.equal(serialized.config);
      expect(new metricClasses[name](config).getConfig()).to.deep.equal(config);
    }
  });

  it('weights of labels are written as a list, which Keras can read', () => {
    const metric = new metricClasses.AUC({ multiLabel: true, labelWeights: [1, 2, 0.5] });
    const { config } = metric.serialize() as unknown as { readonly config: { readonly label_weights: unknown } };
    expect(config.label_weights).to.deep.equal([1, 2, 0.5]);
    expect(new metricClasses.AUC(config).getConfig()).to.deep.equal(metric.getConfig());
  });

  it('are found by name and by config', () => {
    // As given: so Keras 3 logs a name.
    expect((getMetric('AUC') as Metric).name).to.equal('AUC');
    expect((getMetric({ class_name: 'AUC', config: {} }) as Metric).name).to.equal('auc');
    const metric = new Precision({ thresholds: [0.2, 0.4], classId: 1, name: 'p' });
    const again = getMetric(metric.serialize()) as Metric;
    expect(again).to.be.instanceOf(Precision);
    expect(again.getConfig()).to.deep.equal(metric.getConfig());
    expect(getMetric(metric)).to.equal(metric);
  });

  it('a mask hides positions from means, as in Keras', () => {
    tf.tidy(() => {
      const [y, x] = [tf.tensor2d([[1, 2, 3]]), tf.tensor2d([[1, 4, 9]])];
      setMask(x, tf.tensor2d([[true, true, false]], [1, 3], 'bool'));
      const metric = new MeanMetricWrapper({ fn: (a, b) => tf.abs(tf.sub(a, b)), name: 'error' });
      metric.updateState(y, x);
      expectResult(metric, [1], 'two of three');
      metric.updateState(y, x, tf.tensor2d([[3, 1, 1]]));
      expectResult(metric, [(2 + 2) / (2 + 4)], 'with weights'); // two of three, then 4 of the weights
      metric.dispose();
    });
  });

  it('numbers in lists are data too', () => {
    const metric = new Precision();
    metric.updateState([1, 0, 1], [0.9, 0.8, 0.1], [1, 0.5, 1]);
    expectResult(metric, [1 / 1.5], 'precision');
    metric.dispose();
  });

  it('a batch that fails changes nothing', () => {
    const metric = new Precision({ classId: 2 });
    metric.updateState([[0, 0, 1]], [[0.1, 0.1, 0.9]]);
    expect(() => metric.updateState([[0, 1]], [[0.1, 0.9]])).to.throw(/class_id/);
    expectResult(metric, [1], 'precision');
    metric.dispose();
  });

  it('refuses arguments that Keras refuses', () => {
    const make = (name: string, args: object) => () => new metricClasses[name](args);
    expect(make('AUC', { numThresholds: 1 })).to.throw(/must be an integer > 1. Received: num_thresholds=1/);
    expect(make('AUC', { numLabels: 2 })).to.throw(/needed only when `multi_label` is True/);
    expect(make('AUC', { thresholds: [2] })).to.throw(/Received: thresholds=/);
    expect(make('AUC', { curve: 'roc curve' })).to.throw(/must be one of/);
    expect(make('Precision', { thresholds: [1.5] })).to.throw(/in \[0, 1\]/);
    expect(make('PrecisionAtRecall', {})).to.throw(/range \[0, 1\]/);
    expect(make('PrecisionAtRecall', { recall: 0.5, numThresholds: 0 })).to.throw(/must be an integer > 0/);
    expect(make('F1Score', { average: 'all' })).to.throw(/Invalid `average`/);
    expect(make('FBetaScore', { beta: 0 })).to.throw(/should be > 0/);
    expect(make('F1Score', { threshold: 2 })).to.throw(/0 < threshold <= 1/);
    expect(make('IoU', { numClasses: 2, targetClassIds: [2] })).to.throw(/out of range/);
    expect(make('IoU', { numClasses: 2 })).to.throw(/list of integers/);
    expect(make('MeanIoU', {})).to.throw(/must be an integer > 0/);
    expect(make('R2Score', { classAggregation: 'sum' })).to.throw(/Invalid value/);
    expect(make('R2Score', { numRegressors: -1 })).to.throw(/>= 0/);
    const ranks = (name: string) => () => new metricClasses[name]({}).updateState([1, 0], [1, 0]);
    expect(ranks('F1Score')).to.throw(/expects 2D inputs/);
    expect(ranks('R2Score')).to.throw(/expects 2D inputs/);
    expect(() => new metricClasses.AUC({ multiLabel: true }).updateState([1, 0], [1, 0])).to.throw(/must have rank 2/);
    expect(() => new metricClasses.Precision({ classId: 0 }).updateState([1, 0], [1, 0])).to.throw(/2D array/);
  });
});
