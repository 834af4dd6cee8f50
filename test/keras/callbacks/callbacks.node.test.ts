// Callbacks beside real Keras, driven with the same logs; and in fit(), where they work together.

import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { loadKerasModel } from '../../../src/keras/loadKerasModel.js';
import { dense } from '../../../src/layers/core/public.js';
import { Adam } from '../../../src/layers/optimizers/adam.js';
import { SGD } from '../../../src/layers/optimizers/gradientDescent.js';
import { LossScaleOptimizer } from '../../../src/layers/optimizers/lossScale.js';
import { type KerasModel, sequential } from '../../../src/layers/run/models.js';
import {
  AUC,
  BackupAndRestore,
  type Callback,
  CSVLogger,
  EarlyStopping,
  LearningRateScheduler,
  Metric,
  ModelCheckpoint,
  ProgbarLogger,
  ReduceLROnPlateau,
  TerminateOnNaN,
} from '../../../src/training.js';
import { useBackend } from '../../support/backends.js';
import goldens from './goldens.json' with { type: 'json' };

interface Driven {
  readonly args: object;
  readonly losses: keyof typeof goldens.losses;
  readonly epochs: number;
  readonly rates: readonly number[];
  readonly weight: number;
  readonly logs: readonly string[];
  readonly stopped?: number;
  readonly best?: number | null;
}

/** restore_best_weights -> restoreBestWeights */
const camel = (args: object) =>
  Object.fromEntries(
    Object.entries(args).map(([key, value]) => [
      key.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );

const make = (optimizer: tf.Optimizer | string = new SGD({ learningRate: 0.1 })): KerasModel => {
  const model = sequential({
    layers: [dense({ units: 1, useBias: false, inputShape: [1], kernelInitializer: 'zeros' })],
  });
  model.compile({ optimizer, loss: 'meanSquaredError' });
  return model;
};
const rateOf = (model: KerasModel) => (model.optimizer as unknown as { learningRate: number }).learningRate;

/** What the golden's script does. */
async function drive(callback: Callback, losses: readonly number[]): Promise<Omit<Driven, 'args' | 'losses'>> {
  const model = make();
  callback.setModel(model as never);
  callback.setParams({ epochs: losses.length });
  await callback.onTrainBegin();
  const rates: number[] = [];
  let seen: string[] = [];
  for (const [epoch, loss] of losses.entries()) {
    await callback.onEpochBegin(epoch, {});
    tf.tidy(() => model.setWeights([tf.fill([1, 1], epoch)]));
    const logs = { loss: loss * 2, val_loss: loss };
    await callback.onEpochEnd(epoch, logs);
    rates.push(rateOf(model));
    seen = Object.keys(logs).sort();
    if (model.stopTraining) break;
  }
  await callback.onTrainEnd();
  const [weight] = model.getWeights()[0].dataSync();
  model.dispose();
  return { epochs: rates.length, rates, weight, logs: seen };
}

function expectDriven(found: Omit<Driven, 'args' | 'losses'>, wanted: Omit<Driven, 'args' | 'losses'>): void {
  expect(found.epochs).to.equal(wanted.epochs);
  expect(found.weight).to.equal(wanted.weight);
  expect(found.logs).to.deep.equal(wanted.logs);
  wanted.rates.forEach((rate, i) => {
    expect(found.rates[i], `epoch ${i}`).to.be.closeTo(rate, 1e-7);
  });
}

describe('callbacks beside Keras', () => {
  useBackend('cpu');

  for (const golden of goldens.early as readonly Driven[]) {
    it(`EarlyStopping ${JSON.stringify(golden.args)}, ${golden.losses}`, async () => {
      const callback = new EarlyStopping(camel(golden.args));
      expectDriven(await drive(callback, goldens.losses[golden.losses]), golden);
      expect(callback.stoppedEpoch).to.equal(golden.stopped);
      expect(callback.best).to.equal(golden.best);
    });
  }

  for (const golden of goldens.plateau as readonly Driven[]) {
    it(`ReduceLROnPlateau ${JSON.stringify(golden.args)}, ${golden.losses}`, async () => {
      expectDriven(await drive(new ReduceLROnPlateau(camel(golden.args)), goldens.losses[golden.losses]), golden);
    });
  }

  it('LearningRateScheduler', async () => {
    const callback = new LearningRateScheduler((epoch, rate) => (epoch % 2 ? rate * 0.9 : rate));
    expectDriven(await drive(callback, goldens.losses.falls), goldens.scheduler);
  });

  for (const { args, losses, saved } of goldens.checkpoints) {
    it(`ModelCheckpoint ${JSON.stringify(args)}, ${losses}`, async () => {
      const found: string[] = [];
      const write = (path: string) => void found.push(path);
      const callback = new ModelCheckpoint('{epoch:02d}-{val_loss:.3f}.keras', { ...camel(args), write });
      const model = make();
      callback.setModel(model as never);
      for (const [epoch, loss] of goldens.losses[losses as Driven['losses']].entries()) {
        await callback.onEpochBegin(epoch);
        for (let batch = 0; batch < 3; batch++) await callback.onBatchEnd(batch, { loss, val_loss: loss });
        await callback.onEpochEnd(epoch, { loss, val_loss: loss });
      }
      expect(found).to.deep.equal(saved);
      model.dispose();
    });
  }

  it('CSVLogger', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'convnet-csv-'));
    const file = join(folder, 'log.csv');
    const rows = {
      plain: [
        { loss: 0.5, acc: 0.25 },
        { loss: 0.25, acc: 0.5 },
      ],
      vector: [{ loss: 0.5, f1: [0.5, 0.25] }],
    };
    for (const key of ['plain', 'vector'] as const) {
      const logger = new CSVLogger(file);
      await logger.onTrainBegin();
      for (const [epoch, logs] of rows[key].entries()) await logger.onEpochEnd(epoch, logs);
      expect(await readFile(file, 'utf8')).to.equal(goldens.csv[key]);
      expect(logger.text).to.equal(goldens.csv[key]);
    }
    for (let i = 0; i < 2; i++) {
      const logger = new CSVLogger(file, { append: true, separator: ';' });
      await logger.onTrainBegin();
      await logger.onEpochEnd(0, { loss: 0.5 });
    }
    expect(await readFile(file, 'utf8')).to.equal(goldens.csv.append);
    await rm(folder, { recursive: true });
  });

  it('refuses arguments that Keras refuses', () => {
    expect(() => new ReduceLROnPlateau({ factor: 1 })).to.throw(/factor >= 1.0. Received factor=1/);
    expect(() => new ModelCheckpoint('m.bin')).to.throw(/must end in `.keras` or `.h5`/);
    expect(() => new ModelCheckpoint('m.h5', { saveWeightsOnly: true })).to.throw(/must end in `.weights.h5`/);
    expect(() => new ModelCheckpoint('m.keras', { saveFreq: 0 })).to.throw(/Unrecognized save_freq/);
    expect(() => new BackupAndRestore('')).to.throw(/Empty `backup_dir`/);
    expect(() => new BackupAndRestore('folder', { saveFreq: 1.5 })).to.throw(/save_freq.*Received: save_freq=1.5/);
  });
});

describe('callbacks in fit()', () => {
  useBackend('convnet-cpu');

  const using = async (f: (xs: tf.Tensor, ys: tf.Tensor) => Promise<void>) => {
    const [xs, ys] = [tf.tensor2d([[0], [1], [2], [3], [4]]), tf.tensor2d([[0], [2], [4], [6], [8]])];
    await f(xs, ys);
    tf.dispose([xs, ys]);
  };
  const weightOf = (model: KerasModel) => model.getWeights()[0].dataSync()[0];

  it('work together with those of TensorFlow.js and with functions, and leave nothing behind', () =>
    using(async (xs, ys) => {
      const model = make();
      const seen: number[] = [];
      const texts: string[] = [];
      const { history } = await model.fit(xs, ys, {
        epochs: 30,
        batchSize: 2,
        verbose: 0,
        shuffle: false,
        callbacks: [
          { onEpochEnd: (epoch: number) => void seen.push(epoch) },
          new ReduceLROnPlateau({ monitor: 'loss', patience: 1 }),
          new EarlyStopping({ monitor: 'loss', patience: 2, restoreBestWeights: true }),
          tf.callbacks.earlyStopping({ monitor: 'loss', patience: 20 }),
          new ProgbarLogger({ write: (text) => void texts.push(text) }),
          new TerminateOnNaN(),
        ],
      });
      expect(seen.length).to.equal(history.loss.length);
      expect(Object.keys(history).sort()).to.deep.equal(['learning_rate', 'loss']);
      expect(weightOf(model)).to.be.closeTo(2, 1e-2);
      expect(texts[0]).to.match(/^\rEpoch 1\/30 - 1\/3 - loss: \d/);
      expect(texts[3]).to.match(/^\rEpoch 1\/30 - loss: .*\n$/);
      model.dispose();
    }));

  it('best weights are freed after an error', () =>
    using(async (xs, ys) => {
      const model = make();
      const fail = (epoch: number) => {
        if (epoch === 1) throw new Error('by the callback');
      };
      const callbacks = [new EarlyStopping({ monitor: 'loss', restoreBestWeights: true }), { onEpochEnd: fail }];
      const error = await model.fit(xs, ys, { epochs: 3, verbose: 0, callbacks }).catch((reason: Error) => reason);
      expect((error as Error).message).to.equal('by the callback');
      model.dispose();
    }));

  it('a loss that is no number ends the training', () =>
    using(async (xs, ys) => {
      const model = make(new SGD({ learningRate: 1e30 }));
      const { log } = console;
      console.log = () => {};
      const { history } = await model.fit(xs, ys, { epochs: 9, verbose: 0, callbacks: new TerminateOnNaN() });
      console.log = log;
      expect(history.loss.length).to.be.below(9);
      model.dispose();
    }));

  it('saves models that load, weights alone too', () =>
    using(async (xs, ys) => {
      const folder = await mkdtemp(join(tmpdir(), 'convnet-checkpoint-'));
      const model = make();
      const callbacks = [
        new ModelCheckpoint(join(folder, 'all', '{epoch:02d}.keras')),
        new ModelCheckpoint(join(folder, 'best.h5'), { monitor: 'loss', saveBestOnly: true }),
        new ModelCheckpoint(join(folder, 'last.weights.h5'), { saveWeightsOnly: true }),
      ];
      await model.fit(xs, ys, { epochs: 2, verbose: 0, callbacks });
      expect((await readdir(join(folder, 'all'))).sort()).to.deep.equal(['01.keras', '02.keras']);
      expect((await readdir(folder)).sort()).to.deep.equal(['all', 'best.h5', 'last.weights.h5']);
      for (const name of ['all/02.keras', 'best.h5']) {
        const loaded = await loadKerasModel(join(folder, name));
        expect(weightOf(loaded)).to.equal(weightOf(model));
        loaded.dispose();
      }
      model.dispose();
      await rm(folder, { recursive: true });
    }));

  it('a training that was interrupted goes on as if it had not been', () =>
    using(async (xs, ys) => {
      const folder = await mkdtemp(join(tmpdir(), 'convnet-backup-'));
      const args = { epochs: 5, batchSize: 2, verbose: 0, shuffle: false } as const;
      const whole = make(new Adam({ learningRate: 0.05 }));
      await whole.fit(xs, ys, args);
      const interrupt = (epoch: number) => {
        if (epoch === 3) throw new Error('interrupted');
      };
      const first = make(new Adam({ learningRate: 0.05 }));
      await first
        .fit(xs, ys, { ...args, callbacks: [new BackupAndRestore(folder), { onEpochBegin: interrupt }] })
        .catch(() => {});
      const second = make(new Adam({ learningRate: 0.05 }));
      const { epoch } = await second.fit(xs, ys, { ...args, callbacks: [new BackupAndRestore(folder)] });
      expect(epoch).to.deep.equal([3, 4]);
      expect(weightOf(second)).to.be.closeTo(weightOf(whole), 1e-6);
      expect(existsSync(folder)).to.equal(false); // as Keras, which removes the folder too
      for (const model of [whole, first, second]) {
        model.optimizer.dispose();
        model.dispose();
      }
      await rm(folder, { recursive: true, force: true });
    }));

  it('an interrupted training has its loss scale again', () =>
    using(async (xs, ys) => {
      const folder = await mkdtemp(join(tmpdir(), 'convnet-backup-'));
      const args = { epochs: 5, batchSize: 2, verbose: 0, shuffle: false } as const;
      const scaled = () =>
        new LossScaleOptimizer(new Adam({ learningRate: 0.05 }), { initialScale: 4, dynamicGrowthSteps: 2 });
      const interrupt = (epoch: number) => {
        if (epoch === 3) throw new Error('interrupted');
      };
      const [whole, first, second] = [make(scaled()), make(scaled()), make(scaled())];
      await whole.fit(xs, ys, args);
      await first
        .fit(xs, ys, { ...args, callbacks: [new BackupAndRestore(folder), { onEpochBegin: interrupt }] })
        .catch(() => {});
      await second.fit(xs, ys, { ...args, callbacks: [new BackupAndRestore(folder)] });
      const scaleOf = ({ optimizer }: KerasModel) => (optimizer as LossScaleOptimizer).dynamicScale;
      expect(weightOf(second)).to.be.closeTo(weightOf(whole), 1e-6);
      expect(scaleOf(second)).to.equal(scaleOf(whole));
      expect(scaleOf(whole)).to.equal(4 * 2 ** 7); // 15 steps, doubled after every second one
      for (const model of [whole, first, second]) {
        model.optimizer.dispose();
        model.dispose();
      }
      await rm(folder, { recursive: true, force: true });
    }));

  it('whether higher is better follows from the metric', () =>
    using(async (xs, ys) => {
      const model = make();
      class Odd extends Metric {
        static override readonly className = 'Odd';
        constructor() {
          super({});
        }
        protected override count() {
          return { total: tf.scalar(1) };
        }
        protected override compute(total: (name: string) => tf.Tensor) {
          return total('total');
        }
      }
      model.compile({
        optimizer: 'sgd',
        loss: 'meanSquaredError',
        metrics: [new AUC({ name: 'area' }), 'mae', new Odd()],
      });
      const run = async (monitor: string, values: readonly number[]) => {
        const callback = new EarlyStopping({ monitor });
        callback.setModel(model as never);
        await callback.onTrainBegin();
        for (const [epoch, value] of values.entries()) await callback.onEpochEnd(epoch, { [monitor]: value });
        return callback.best;
      };
      expect(await run('val_area', [0.5, 0.7, 0.6])).to.equal(0.7);
      expect(await run('mae', [0.5, 0.7, 0.4])).to.equal(0.4);
      const error = await run('odd', [1, 2]).catch((reason: Error) => reason);
      expect((error as Error).message).to.match(/monitor=odd.*maximized or minimized/);
      tf.dispose([xs, ys].map((x) => x.clone()));
      model.dispose();
    }));
});
