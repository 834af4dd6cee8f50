// fit() and evaluate() beside real Keras: histories, logs of batches, weights, validation; and that nothing stays behind.

import { readFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { openZip } from '../../../src/formats/zip/zip.js';
import { loadKerasModel } from '../../../src/keras/loadKerasModel.js';
import { saveKerasModel } from '../../../src/keras/save/saveKerasModel.js';
import { dense } from '../../../src/layers/core/public.js';
import type { FitBatch, KerasFitArgs } from '../../../src/layers/run/fit/fitArgs.js';
import { type KerasModel, sequential } from '../../../src/layers/run/models.js';
import { AUC, F1Score, FBetaScore, Precision } from '../../../src/training.js';
import { useBackend } from '../../support/backends.js';
import goldens from './goldens.json' with { type: 'json' };

type Value = number | readonly number[];
interface Golden {
  readonly history: Readonly<Record<string, readonly Value[]>>;
  readonly batches: readonly Readonly<Record<string, Value>>[];
  readonly iterations: number;
}

const data = goldens.data as Readonly<Record<string, { readonly shape: number[]; readonly values: number[] }>>;
const golden = (name: string) => (goldens as unknown as Readonly<Record<string, Golden>>)[name];

function close(found: unknown, wanted: unknown, title: string): void {
  const [a, b] = [found, wanted].map((value) => [value].flat(3) as number[]);
  expect(a.length, title).to.equal(b.length);
  b.forEach((value, i) => {
    expect(a[i], title).to.be.closeTo(value, 2e-5);
  });
}

function closeAll(found: object, wanted: object, title: string): void {
  expect(Object.keys(found).sort(), title).to.deep.equal(Object.keys(wanted).sort());
  for (const [key, value] of Object.entries(wanted)) {
    close((found as Readonly<Record<string, unknown>>)[key], value, `${title} ${key}`);
  }
}

describe('fit() beside Keras', () => {
  useBackend('convnet-cpu');
  const model = async (name: string) =>
    loadKerasModel(await readFile(`test/fixtures/training/${name}.keras`), { onWarning: () => {} });
  const tensors = () =>
    Object.fromEntries(Object.entries(data).map(([name, { shape, values }]) => [name, tf.tensor(values, shape)]));

  /** Trains a model as the golden's was, and compares history, logs of batches, and the number of steps. */
  async function compare(
    name: string,
    file: string,
    args: (t: Record<string, tf.Tensor>) => KerasFitArgs & { readonly y?: tf.Tensor | tf.Tensor[] },
  ): Promise<void> {
    const [trained, t] = [await model(file), tensors()];
    const batches: object[] = [];
    const onBatchEnd = (_: number, { batch, size, ...logs }: tf.Logs = {}) => void batches.push(logs);
    const { y = t.y, ...options } = args(t);
    const found = await trained.fit(t.x, y, {
      batchSize: 4,
      shuffle: false,
      verbose: 0,
      callbacks: { onBatchEnd },
      ...options,
    });
    const wanted = golden(name);
    closeAll(found.history, wanted.history, name);
    expect(batches.length).to.equal(wanted.batches.length);
    batches.forEach((logs, i) => {
      closeAll(logs, wanted.batches[i], `${name}, batch ${i},`);
    });
    expect((trained.optimizer as unknown as { iterations: number }).iterations).to.equal(wanted.iterations);
    tf.dispose(t);
    trained.dispose();
  }

  it('metrics with state, the mean loss over unequal batches, losses of regularizers in the validation', () =>
    compare('plain', 'one_head', ({ vx, vy, vw }) => ({ epochs: 2, validationData: [vx, vy, vw] })));

  it('sample weights', () =>
    compare('weighted', 'one_head', ({ w, vx, vy }) => ({ epochs: 2, sampleWeight: w, validationData: [vx, vy] })));

  it('class weights and a validation split', () =>
    compare('classes', 'one_head', () => ({ epochs: 2, classWeight: { 0: 0.5, 1: 3 }, validationSplit: 0.3 })));

  it('a later first epoch, validation in some epochs', () =>
    compare('split', 'one_head', ({ w }) => ({
      epochs: 3,
      initialEpoch: 1,
      sampleWeight: w,
      validationSplit: 0.4,
      validationFreq: 2,
    })));

  it('epochs of some steps', () => compare('steps', 'one_head', () => ({ epochs: 3, stepsPerEpoch: 2 })));

  it('several outputs, and a metric with a value for each class', () =>
    compare('two_heads', 'two_heads', ({ x, y, codes }) => ({
      y: [y, codes],
      epochs: 2,
      validationData: [x, [y, codes]],
    })));

  it('weights for each output', () =>
    compare('two_heads_weighted', 'two_heads', (t) => {
      t.reversed = tf.reverse(t.w);
      return { y: [t.y, t.codes], epochs: 2, sampleWeight: [t.w, t.reversed] };
    }));

  it('evaluate() tells what Keras tells', async () => {
    const [trained, t] = [await model('one_head'), tensors()];
    for (const [name, args] of [
      ['evaluate', { batchSize: 4 }],
      ['evaluate_weighted', { batchSize: 4, sampleWeight: t.vw }],
    ] as const) {
      const results = trained.evaluate(t.vx, t.vy, args) as tf.Scalar[];
      const found = Object.fromEntries(results.map((value, i) => [trained.metricsNames[i], value.dataSync()[0]]));
      tf.dispose(results);
      closeAll(found, (goldens as unknown as Readonly<Record<string, object>>)[name], name);
    }
    const batches = (): FitBatch[] =>
      [0, 4].map((at) => [t.vx, t.vy, t.vw].map((x) => tf.slice(x, at, Math.min(4, 7 - at))) as never);
    const results = (await trained.evaluateDataset(batches)) as tf.Scalar[];
    const named = results.map((value, i) => [trained.metricsNames[i], value.dataSync()[0]]);
    closeAll(Object.fromEntries(named), goldens.evaluate_weighted, 'of batches');
    tf.dispose([results, t as never]);
    trained.dispose();
  });

  it('batches that a generator or tf.data yields train as tensors do', async () => {
    const t = tensors();
    const cut = (at: number) => [t.x, t.y].map((x) => tf.slice(x, at, Math.min(4, 10 - at)));
    async function* generator(): AsyncGenerator<FitBatch> {
      for (const at of [0, 4, 8]) yield cut(at) as [tf.Tensor, tf.Tensor];
    }
    const dataset = () =>
      tf.data
        .zip({ xs: tf.data.array(t.x.arraySync() as number[][]), ys: tf.data.array(t.y.arraySync() as number[][]) })
        .batch(4);
    for (const source of [generator, dataset()]) {
      const trained = await model('one_head');
      const { history } = await trained.fitDataset(source as never, {
        epochs: 2,
        verbose: 0,
        validationData: [t.vx, t.vy, t.vw],
      });
      // The default size of batches in the validation is another; none of its values depends on it.
      closeAll(history, golden('plain').history, 'history');
      trained.dispose();
    }
    tf.dispose(t);
  });

  it('what a file says of its metrics is written again, and a new compilation too', async () => {
    const trained = await model('one_head');
    const again = await loadKerasModel(await saveKerasModel(trained));
    expect(again.metricsNames).to.deep.equal(trained.metricsNames);
    const made = sequential({ layers: [dense({ units: 2, inputShape: [3] })] });
    made.compile({
      optimizer: 'sgd',
      loss: 'meanSquaredError',
      metrics: [new AUC({ numThresholds: 7 }), 'mse'],
      weightedMetrics: [new F1Score({ average: 'macro' })],
    });
    for (const format of ['keras', 'h5'] as const) {
      const read = await loadKerasModel(await saveKerasModel(made, { format }));
      expect(read.metricsNames).to.deep.equal(['loss', 'auc', 'mse', 'f1_score']);
      read.dispose();
    }
    // Keras takes no integer for these.
    made.optimizer.dispose(); // TensorFlow.js forgets it
    made.compile({
      optimizer: 'sgd',
      loss: 'meanSquaredError',
      metrics: [new FBetaScore({ beta: 2 }), new F1Score({ threshold: 1 })],
    });
    const archive = openZip(await saveKerasModel(made, { format: 'keras' }));
    const text = new TextDecoder().decode(archive.read('config.json'));
    expect(text).to.include('"beta": 2.0').and.include('"threshold": 1.0');
    for (const one of [trained, again, made]) one.dispose();
  });
});

describe('fit() as it is used', () => {
  useBackend('convnet-cpu');

  const make = (metrics: (string | Precision)[] = []): KerasModel => {
    const made = sequential({
      layers: [dense({ units: 1, activation: 'sigmoid', inputShape: [2], kernelInitializer: 'ones' })],
    });
    made.compile({ optimizer: 'sgd', loss: 'meanSquaredError', metrics });
    return made;
  };
  const [x, y] = [[...Array(8).keys()].map((i) => [i / 8, 1 - i / 8]), [...Array(8).keys()].map((i) => [i % 2])];
  const using = async (f: (xs: tf.Tensor, ys: tf.Tensor) => Promise<void>) => {
    const [xs, ys] = [tf.tensor2d(x), tf.tensor2d(y)];
    await f(xs, ys);
    tf.dispose([xs, ys]);
  };
  const weightOf = (model: KerasModel) => Array.from(model.getWeights()[0].dataSync());

  it('an interruption keeps what was learned', () =>
    using(async (xs, ys) => {
      const steps = 3;
      const twin = make();
      await twin.fit(xs, ys, { batchSize: 2, stepsPerEpoch: steps, shuffle: false, verbose: 0 });
      for (const how of ['signal', 'stopTraining'] as const) {
        const model = make([new Precision()]);
        const controller = new AbortController();
        const onBatchEnd = (batch: number) => {
          if (batch !== steps - 1) return;
          if (how === 'signal') controller.abort();
          else model.stopTraining = true;
        };
        const args: KerasFitArgs = {
          batchSize: 2,
          epochs: 5,
          shuffle: false,
          verbose: 0,
          validationData: [xs, ys],
          callbacks: { onBatchEnd },
          signal: controller.signal,
        };
        const { history, epoch } = await model.fit(xs, ys, args);
        expect(epoch).to.deep.equal([0]);
        expect(history.loss.length).to.equal(1);
        expect(history.val_loss?.length).to.equal(how === 'signal' ? undefined : 1);
        expect(weightOf(model)).to.deep.equal(weightOf(twin));
        // It can be trained on.
        await model.fit(xs, ys, { batchSize: 2, verbose: 0 });
        model.dispose();
      }
      twin.dispose();
    }));

  it('an error in a callback, a step or the data leaves nothing behind and lets the model train on', () =>
    using(async (xs, ys) => {
      const model = make([new Precision()]);
      const fail = () => {
        throw new Error('by the callback');
      };
      for (const hook of ['onTrainBegin', 'onEpochBegin', 'onBatchBegin', 'onBatchEnd', 'onEpochEnd', 'onTrainEnd']) {
        const error = await model
          .fit(xs, ys, { batchSize: 3, verbose: 0, callbacks: { [hook]: fail }, validationSplit: 0.25 })
          .catch((reason: Error) => reason);
        expect((error as Error).message, hook).to.equal('by the callback');
      }
      const before = tf.memory().numTensors;
      const one = () => sequential({ layers: [dense({ units: 1, activation: 'relu', inputShape: [2] })] });
      const broken = one();
      broken.compile({ optimizer: 'sgd', loss: () => fail() });
      expect(await broken.fit(xs, ys, { verbose: 0 }).catch(({ message }: Error) => message)).to.equal(
        'by the callback',
      );
      const counted = one();
      counted.compile({ optimizer: 'sgd', loss: 'meanSquaredError', metrics: [() => fail()] });
      expect(await counted.fit(xs, ys, { verbose: 0 }).catch(({ message }: Error) => message)).to.equal(
        'by the callback',
      );
      broken.dispose();
      counted.dispose();
      expect(tf.memory().numTensors).to.equal(before);
      async function* ends(): AsyncGenerator<FitBatch> {
        yield [xs.clone(), ys.clone()];
        fail();
      }
      const error = await model.fitDataset(ends, { verbose: 0 }).catch((reason: Error) => reason);
      expect((error as Error).message).to.equal('by the callback');
      const wrong = await model.fitDataset(() => [{ xs: xs.clone() }] as never, { verbose: 0 }).catch((e: Error) => e);
      expect((wrong as Error).message).to.match(/each batch must be/);
      await model.fit(xs, ys, { verbose: 0 });
      model.dispose();
    }));

  it('refuses data, weights and numbers that do not fit', () =>
    using(async (xs, ys) => {
      const model = make();
      const refused = async (args: object, rule: RegExp) =>
        expect(await model.fit(xs, ys, { verbose: 0, ...args }).catch(({ message }: Error) => message)).to.match(rule);
      await refused({ batchSize: 0 }, /batchSize must be a positive integer. Received: batchSize=0/);
      await refused({ epochs: 1.5 }, /epochs must be a positive integer/);
      await refused({ validationSplit: 1 }, /validationSplit must leave examples/);
      await refused({ sampleWeight: [1, 2] }, /a sample weight for each of the 8 examples/);
      await refused({ classWeight: { 0: 1 }, sampleWeight: [1, 1, 1, 1, 1, 1, 1, 1] }, /at the same time/);
      await refused({ classWeight: { other: { 0: 1 } } }, /classWeight must be/);
      const uncompiled = sequential({ layers: [dense({ units: 1, inputShape: [2] })] });
      expect(await uncompiled.fit(xs, ys).catch(({ message }: Error) => message)).to.match(/compile/);
      expect(() =>
        uncompiled.compile({ optimizer: 'sgd', loss: 'meanSquaredError', metrics: { other: ['mse'] } }),
      ).to.throw(/names of the outputs/);
      uncompiled.dispose();
      model.dispose();
    }));

  it('a metric that is given twice has a number in its name, and one of several classes is an array', () =>
    using(async (xs, ys) => {
      const model = make([new Precision(), new Precision({ thresholds: [0.2, 0.8] })]);
      const logs: unknown[] = [];
      const onEpochEnd = (_: number, found?: tf.Logs) => void logs.push(found?.precision_1);
      const { history } = await model.fit(xs, ys, { verbose: 0, callbacks: { onEpochEnd } });
      expect(Object.keys(history)).to.deep.equal(['loss', 'precision', 'precision_1']);
      expect(Array.from(history.precision_1[0] as unknown as number[])).to.have.length(2);
      expect(logs[0]).to.deep.equal(history.precision_1[0]);
      const values = model.evaluate(xs, ys) as tf.Tensor[];
      expect(values.map(({ shape }) => shape)).to.deep.equal([[], [], [2]]);
      tf.dispose(values);
      const [loss, ...others] = (await model.trainOnBatch(xs, ys)) as number[];
      expect(loss > 0 && others.length === 2).to.equal(true);
      model.dispose();
    }));

  it('callbacks that are registered with TensorFlow.js are called', () =>
    using(async (xs, ys) => {
      const seen: string[] = [];
      class Registered extends tf.Callback {
        override async onEpochEnd(epoch: number, logs?: Parameters<tf.Callback['onEpochEnd']>[1]) {
          seen.push(`${epoch} ${Object.keys(logs ?? {}).join()} ${this.params.epochs}`);
        }
      }
      tf.registerCallbackConstructor(3, Registered as never);
      const model = make();
      await model.fit(xs, ys, { epochs: 2, verbose: 3 });
      await model.fit(xs, ys, { epochs: 2, verbose: 0 });
      expect(seen).to.deep.equal(['0 loss 2', '1 loss 2']);
      model.dispose();
    }));
});
