// BackupAndRestore within an epoch, and modes that nobody knows, beside real Keras.

import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { dense } from '../../../src/layers/core/public.js';
import { Adam } from '../../../src/layers/optimizers/adam.js';
import { sequential } from '../../../src/layers/run/models.js';
import { BackupAndRestore, EarlyStopping } from '../../../src/training.js';
import { useBackend } from '../../support/backends.js';

const make = () => {
  const model = sequential({ layers: [dense({ units: 1, inputShape: [1], kernelInitializer: 'zeros' })] });
  model.compile({ optimizer: new Adam({ learningRate: 0.1 }), loss: 'meanSquaredError' });
  return model;
};

describe('callbacks in fit(), within an epoch', () => {
  useBackend('convnet-cpu');

  it('BackupAndRestore keeps what some batches have learned, and begins their epoch again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'convnet-batches-'));
    const [x, y] = [tf.tensor2d([1, 2, 3, 4, 5, 6], [6, 1]), tf.tensor2d([2, 4, 6, 8, 10, 12], [6, 1])];
    const args = { batchSize: 2, epochs: 3, shuffle: false, verbose: 0 } as const;
    const kept = () => new BackupAndRestore(folder, { saveFreq: 2 });
    const interrupt = () => {
      if (first.optimizer.iterations === 6) throw new Error('interrupted');
    };
    const first = make();
    const message = await first
      .fit(x, y, { ...args, callbacks: [kept(), { onBatchEnd: interrupt }] })
      .catch((reason: Error) => reason.message);
    expect(message).to.equal('interrupted');
    const second = make();
    const { history, epoch } = await second.fit(x, y, { ...args, callbacks: kept() });
    expect(epoch).to.deep.equal([1, 2]);
    // Keras 3.15 on TensorFlow.
    for (const [i, loss] of [22.455513, 13.193291].entries()) expect(history.loss[i]).to.be.closeTo(loss, 1e-4);
    const weights = second.getWeights().map((weight) => weight.dataSync()[0]);
    for (const [i, value] of [0.9565876, 1.0708727].entries()) expect(weights[i]).to.be.closeTo(value, 1e-5);
    expect(second.optimizer.iterations).to.equal(12);
    expect(existsSync(folder)).to.equal(false);
    for (const model of [first, second]) {
      model.optimizer.dispose();
      model.dispose();
    }
    tf.dispose([x, y]);
    await rm(folder, { recursive: true, force: true });
  });

  for (const [name, optimizer] of [
    ['adam', () => 'adam'],
    ['sgd', () => 'sgd'],
    ['momentum', () => tf.train.momentum(0.02, 0.8)],
    ['rmsprop', () => tf.train.rmsprop(0.02, 0.8, 0.3)],
    ['rmsprop, centered', () => tf.train.rmsprop(0.002, 0.8, 0.3, 1e-12, true)],
    ['adagrad', () => tf.train.adagrad(0.1)],
    ['adadelta', () => tf.train.adadelta(0.05)],
  ] as const) {
    it(`BackupAndRestore keeps the state of an optimizer of TensorFlow.js: ${name}`, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'convnet-state-'));
      const [x, y] = tf.tidy(() => [
        tf.sin(tf.reshape(tf.range(0, 12), [4, 3])),
        tf.cos(tf.reshape(tf.range(0, 8), [4, 2])),
      ]);
      const build = () => {
        const layers = [
          dense({ units: 4, inputShape: [3], kernelInitializer: 'ones' }),
          dense({ units: 2, kernelInitializer: 'ones' }),
        ];
        const model = sequential({ layers });
        model.compile({ optimizer: optimizer(), loss: 'meanSquaredError' });
        return model;
      };
      const args = { epochs: 6, batchSize: 2, shuffle: false, verbose: 0 } as const;
      const [whole, first, second] = [build(), build(), build()];
      const { history: wanted } = await whole.fit(x, y, args);
      const interrupt = async (epoch: number) => {
        if (epoch === 3) throw new Error('interrupted');
      };
      const callbacks = [new BackupAndRestore(folder), { onEpochBegin: interrupt }];
      await first.fit(x, y, { ...args, callbacks }).catch(() => undefined);
      const { history } = await second.fit(x, y, { ...args, callbacks: new BackupAndRestore(folder) });
      expect(history.loss).to.have.length(3);
      history.loss.forEach((loss, i) => {
        expect(loss).to.be.closeTo(wanted.loss[i + 3] as number, 1e-6);
      });
      for (const model of [whole, first, second]) {
        model.optimizer.dispose();
        (model.optimizer as { readonly c?: tf.Tensor }).c?.dispose();
        model.dispose();
      }
      tf.dispose([x, y]);
      await rm(folder, { recursive: true, force: true });
    });
  }

  it('an unknown mode is auto, with a warning', async () => {
    const { warn } = console;
    const warnings: string[] = [];
    console.warn = (text: string) => void warnings.push(text);
    try {
      expect(new EarlyStopping({ mode: 'least' as 'min' }).mode).to.equal('auto');
    } finally {
      console.warn = warn;
    }
    expect(warnings).to.deep.equal(["EarlyStopping mode 'least' is unknown, fallback to auto mode."]);
  });
});
