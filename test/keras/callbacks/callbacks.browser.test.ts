// Callbacks in a page: models and backups in its storage, and the element that shows how far the training is.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { loadKerasModel } from '../../../src/keras/loadKerasModel.js';
import { dense } from '../../../src/layers/core/public.js';
import { Adam } from '../../../src/layers/optimizers/adam.js';
import { type KerasModel, sequential } from '../../../src/layers/run/models.js';
import {
  BackupAndRestore,
  type Callback,
  CSVLogger,
  EarlyStopping,
  ModelCheckpoint,
  ProgbarLogger,
  ReduceLROnPlateau,
} from '../../../src/training.js';
import { ownBackends, useBackend } from '../../support/backends.js';
import { rejection } from '../../support/rejection.js';

const x = () => tf.tensor([0.1, 0.9, -0.4, 0.3, -0.7, 0.2, 0.5, -0.1, 0.8, -0.6, 0.4, 0.6], [6, 2]);
const y = () => tf.tensor([1, 0, 1, 1, 0, 0], [6, 1]);

function make(): KerasModel {
  const kernelInitializer = { class_name: 'Constant', config: { value: 0.3 } };
  const layers = [
    dense({ units: 3, inputShape: [2], activation: 'tanh', kernelInitializer } as never),
    dense({ units: 1, kernelInitializer } as never),
  ];
  const model = sequential({ layers });
  model.compile({ optimizer: new Adam({ learningRate: 0.05 }), loss: 'meanSquaredError' });
  return model;
}

async function train(model: KerasModel, callbacks: readonly Callback[], epochs = 4): Promise<readonly number[]> {
  const [inputs, targets] = [x(), y()];
  try {
    const given = { epochs, batchSize: 2, shuffle: false, verbose: 0 as const, callbacks: [...callbacks] };
    return (await model.fit(inputs, targets, given as never)).history.loss as number[];
  } finally {
    tf.dispose([inputs, targets]);
  }
}

const predict = (model: tf.LayersModel) =>
  Array.from(tf.tidy(() => (model.predict(x()) as tf.Tensor).dataSync())) as number[];

function free(...models: KerasModel[]): void {
  for (const model of models) {
    model.optimizer?.dispose();
    model.dispose();
  }
}

for (const backend of ownBackends) {
  describe(`callbacks in a page, ${backend}`, () => {
    useBackend(backend);

    it('ModelCheckpoint keeps the best model in the storage of the browser', async () => {
      for (const url of ['indexeddb://convnet-best', 'localstorage://convnet-best']) {
        const model = make();
        await train(model, [new ModelCheckpoint(url, { monitor: 'loss', saveBestOnly: true })]);
        const again = (await loadKerasModel(url)) as KerasModel;
        expect(predict(again)).to.deep.equal(predict(model));
        free(model, again);
        await tf.io.removeModel(url);
      }
    });

    it('BackupAndRestore goes on from the storage of the browser, and empties it', async () => {
      const url = `indexeddb://convnet-backup-${backend}`;
      const [whole, first, second] = [make(), make(), make()];
      const losses = await train(whole, []);
      const stop = { onEpochEnd: async (epoch: number) => epoch === 1 && Promise.reject(new Error('the tab closes')) };
      const interrupted = train(first, [new BackupAndRestore(url), stop as unknown as Callback]);
      expect((await rejection(interrupted)) as Error).to.have.property('message', 'the tab closes');
      const rest = await train(second, [new BackupAndRestore(url)]);
      expect(rest).to.have.length(2);
      rest.forEach((loss, i) => {
        expect(loss).to.be.closeTo(losses[i + 2], 1e-6);
      });
      const empty = await train(first, [new BackupAndRestore(url)]);
      expect(empty, 'nothing is left to restore').to.have.length(4);
      free(whole, first, second);
    });

    it('refuses a storage that pages do not have', () => {
      expect(() => new BackupAndRestore('localstorage://x')).to.throw(
        /no storage for the URL. Received: 'localstorage:/,
      );
      expect(() => new ModelCheckpoint('indexeddb://x', { saveWeightsOnly: true })).to.throw(/must end in/);
    });

    it('ProgbarLogger fills an element with a bar and a text', async () => {
      const element = document.createElement('div');
      const seen: number[] = [];
      const look = { onBatchEnd: async () => void seen.push(element.querySelector('progress')?.value ?? -1) };
      const model = make();
      await train(model, [new ProgbarLogger({ element }), look as unknown as Callback], 2);
      expect(seen.slice(0, 3).map((value) => Math.round(value * 3))).to.deep.equal([1, 2, 3]);
      expect(element.children).to.have.length(2);
      expect(element.querySelector('progress')?.value).to.equal(1);
      expect(element.textContent).to.match(/^Epoch 2\/2 - loss: \d\.\d{4}$/);
      free(model);
    });

    it('stop, slow down and log as in Node', async () => {
      const model = make();
      const logger = new CSVLogger();
      const callbacks = [
        new EarlyStopping({ monitor: 'loss', minDelta: 10, patience: 2, restoreBestWeights: true }),
        new ReduceLROnPlateau({ monitor: 'loss', minDelta: 10, patience: 1, factor: 0.5 }),
        logger,
      ];
      const losses = await train(model, callbacks, 9);
      expect(losses.length).to.equal(3);
      expect((model.optimizer as Adam).learningRate).to.be.below(0.05);
      expect(logger.text).to.match(/^epoch,.*loss/);
      free(model);
    });
  });
}
