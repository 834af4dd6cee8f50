// Callbacks in fit() of plain tf.sequential() and tf.model(), with optimizers of TensorFlow.js and of Keras.

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { loadKerasModel } from '../../../src/keras/loadKerasModel.js';
import { Adam } from '../../../src/layers/optimizers/adam.js';
import { SGD } from '../../../src/layers/optimizers/gradientDescent.js';
import {
  BackupAndRestore,
  type Callback,
  CSVLogger,
  EarlyStopping,
  LearningRateScheduler,
  ModelCheckpoint,
  ProgbarLogger,
  ReduceLROnPlateau,
  TerminateOnNaN,
} from '../../../src/training.js';
import { useBackend } from '../../support/backends.js';

const unit = () => ({ units: 1, useBias: false, kernelInitializer: 'zeros' as const });

/** y = w x, from w = 0. */
const models: Readonly<Record<string, () => tf.LayersModel>> = {
  'tf.sequential()': () => tf.sequential({ layers: [tf.layers.dense({ ...unit(), inputShape: [1] })] }),
  'tf.model()': () => {
    const inputs = tf.input({ shape: [1] });
    return tf.model({ inputs, outputs: tf.layers.dense(unit()).apply(inputs) as tf.SymbolicTensor });
  },
};

const optimizers: Readonly<Record<string, (rate: number) => tf.Optimizer>> = {
  'tf.train.sgd': (rate) => tf.train.sgd(rate),
  SGD: (learningRate) => new SGD({ learningRate }),
};

const rateOf = (model: tf.LayersModel) => (model.optimizer as unknown as { learningRate: number }).learningRate;
const weightOf = (model: tf.LayersModel) => model.getWeights()[0].dataSync()[0];

for (const [kind, make] of Object.entries(models)) {
  for (const [optimizerName, makeOptimizer] of Object.entries(optimizers)) {
    describe(`callbacks in fit() of ${kind} with ${optimizerName}`, () => {
      useBackend('convnet-cpu');

      /** Trains on y = 2 x, and frees all. */
      async function train(
        rate: number,
        args: { readonly epochs: number; readonly callbacks: Callback | (Callback | object)[] },
        look: (model: tf.LayersModel, history: Record<string, unknown[]>) => void | Promise<void>,
      ): Promise<void> {
        const [xs, ys] = [tf.tensor2d([[0], [1], [2], [3]]), tf.tensor2d([[0], [2], [4], [6]])];
        const model = make();
        const optimizer = makeOptimizer(rate);
        model.compile({ optimizer, loss: 'meanSquaredError' });
        try {
          const options = {
            batchSize: 2,
            verbose: 0,
            shuffle: false,
            validationData: [xs, ys] as [tf.Tensor, tf.Tensor],
          };
          const { history } = await model.fit(xs, ys, { ...options, ...args } as tf.ModelFitArgs);
          await look(model, history as Record<string, unknown[]>);
        } finally {
          model.dispose();
          optimizer.dispose();
          tf.dispose([xs, ys]);
        }
      }

      it('EarlyStopping ends it and brings the best weights back', async () => {
        // A rate that is too large: each epoch is worse than the one before.
        const stop = new EarlyStopping({ patience: 2, restoreBestWeights: true });
        await train(0.4, { epochs: 20, callbacks: [stop, new CSVLogger()] }, (model, history) => {
          expect(stop.stoppedEpoch).to.equal(stop.bestEpoch + 2);
          expect(history.val_loss.length).to.equal(stop.stoppedEpoch + 1);
          const best = history.val_loss[stop.bestEpoch] as number;
          expect(best).to.equal(Math.min(...(history.val_loss as number[])));
          const [loss] = tf.tidy(() => [tf.mean(tf.square(tf.mul(2 - weightOf(model), [0, 1, 2, 3]))).dataSync()[0]]);
          expect(loss).to.be.closeTo(best, 1e-5 * Math.max(1, best));
        });
      });

      it('ReduceLROnPlateau lowers the rate', async () => {
        const callbacks = new ReduceLROnPlateau({ factor: 0.5, patience: 1, minDelta: 1e9, minLr: 0.05 });
        await train(0.4, { epochs: 8, callbacks }, (model, history) => {
          expect(rateOf(model)).to.be.closeTo(0.05, 1e-7);
          expect(history.learning_rate[0]).to.be.closeTo(0.4, 1e-7);
        });
      });

      it('LearningRateScheduler sets it for each epoch', async () => {
        const callbacks = new LearningRateScheduler((epoch, rate) => (epoch === 0 ? rate : rate / 2));
        await train(0.1, { epochs: 3, callbacks }, (_, history) => {
          expect((history.learning_rate as number[]).map((rate) => Math.round(rate * 1e4))).to.deep.equal([
            1000, 500, 250,
          ]);
        });
      });

      it('CSVLogger and ProgbarLogger tell each epoch', async () => {
        const csv = new CSVLogger();
        const texts: string[] = [];
        const bar = new ProgbarLogger({ write: (text) => void texts.push(text) });
        await train(0.1, { epochs: 2, callbacks: [csv, bar] }, (_, history) => {
          const [head, ...lines] = csv.text.trim().split('\n');
          expect(head.trim()).to.equal('epoch,loss,val_loss');
          const [last] = lines[1].split(',').slice(2).map(Number);
          expect(last).to.be.closeTo((history.val_loss as number[])[1], 1e-6);
          expect(texts.join('')).to.match(/Epoch 2\/2 - .*loss: [\d.e-]+/);
        });
      });

      it('TerminateOnNaN ends it', async () => {
        const { log } = console;
        console.log = () => {};
        try {
          await train(1e30, { epochs: 9, callbacks: new TerminateOnNaN() }, (_, history) => {
            expect(history.loss.length).to.be.below(9);
          });
        } finally {
          console.log = log;
        }
      });

      it('ModelCheckpoint writes files that load', async () => {
        const folder = await mkdtemp(join(tmpdir(), 'convnet-checkpoint-'));
        try {
          const callbacks = [
            new ModelCheckpoint(join(folder, '{epoch:02d}.keras')),
            new ModelCheckpoint(join(folder, 'best.h5'), { saveBestOnly: true }),
          ];
          await train(0.05, { epochs: 2, callbacks }, async (model) => {
            expect((await readdir(folder)).sort()).to.deep.equal(['01.keras', '02.keras', 'best.h5']);
            for (const name of ['02.keras', 'best.h5']) {
              const loaded = await loadKerasModel(join(folder, name));
              expect(weightOf(loaded)).to.equal(weightOf(model));
              loaded.dispose();
            }
          });
        } finally {
          await rm(folder, { recursive: true });
        }
      });
    });
  }
}

describe('callbacks in fit() of tf.sequential()', () => {
  useBackend('convnet-cpu');

  it('set the rate of tf.train.adam too, and of Adam', async () => {
    for (const optimizer of [tf.train.adam(0.1), tf.train.rmsprop(0.1), new Adam({ learningRate: 0.1 })]) {
      const [xs, ys] = [tf.ones([4, 1]), tf.ones([4, 1])];
      const model = models['tf.sequential()']();
      model.compile({ optimizer, loss: 'meanSquaredError' });
      const callbacks = new LearningRateScheduler(() => 0);
      await model.fit(xs, ys, { epochs: 2, verbose: 0, callbacks });
      expect(weightOf(model)).to.equal(0);
      expect(rateOf(model)).to.equal(0);
      model.dispose();
      optimizer.dispose();
      tf.dispose([xs, ys]);
    }
  });

  it('refuse BackupAndRestore, which could not go on at its epoch there', async () => {
    const [xs, ys] = [tf.ones([4, 1]), tf.ones([4, 1])];
    const model = models['tf.sequential()']();
    const optimizer = tf.train.sgd(0.1);
    model.compile({ optimizer, loss: 'meanSquaredError' });
    const store = { read: () => null, write: () => {}, remove: () => {} };
    const error = await model
      .fit(xs, ys, { verbose: 0, callbacks: new BackupAndRestore(store) })
      .catch((reason: Error) => reason);
    expect((error as Error).message).to.match(/^BackupAndRestore: the model must be one of .*; received model='/);
    model.dispose();
    optimizer.dispose();
    tf.dispose([xs, ys]);
  });
});
