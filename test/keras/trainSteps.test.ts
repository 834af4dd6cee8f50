// Three steps of training on files that real Keras wrote, against what Keras recorded of the same steps: the losses, and
// the predictions afterwards. Masks, `training` in calls, frozen layers and frozen models decide them.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { loadKerasModel } from '../../src/keras.js';
import { modelBackends, useBackend } from '../support/backends.js';
import { factsOf, fixtureFile, fixtures } from '../support/keras/fixtureFiles.js';
import { expectClose, inputTensor, numbers, predict } from '../support/keras/predictions.js';

const newest = '3.15.1';
/** Random layers make these models' training random. */
const random = new Set(['mask_random', 'training_pinned', 'training_random_layers']);
const trained = fixtures.filter(({ name }) => /^(mask_|training_|dict_keys)/.test(name) && !random.has(name));

for (const backend of modelBackends) {
  describe(`training as Keras does, on ${backend}`, () => {
    useBackend(backend);
    const chosen = trained.filter(({ version }) => backend === 'convnet-cpu' || version === newest);
    for (const { version, name, files } of chosen) {
      it(`Keras ${version}: ${name}`, async () => {
        const facts = await factsOf({ version, name });
        const training = facts.training as NonNullable<typeof facts.training>;
        const model = await loadKerasModel(await fixtureFile(version, String(files.keras ?? files.h5)));
        const xs = facts.inputs.map(inputTensor);
        const targets = training.targets.map(inputTensor);
        model.compile({ optimizer: tf.train.sgd(training.learningRate), loss: 'meanSquaredError' });
        try {
          const losses: number[] = [];
          for (let step = 0; step < training.losses.length; step++) {
            losses.push(await trainOnce(model, xs, targets));
          }
          expectClose(losses, training.losses, 1e-4, 'losses');
          const outputs = predict(model, facts.inputs);
          training.after.forEach(({ values }, i) => {
            const what = `${facts.outputs[i].name ?? i} after training`;
            expectClose(outputs[i].dataSync(), numbers(values), 3e-4, what);
          });
          tf.dispose(outputs);
        } finally {
          tf.dispose([xs, targets]);
          model.optimizer.dispose();
          model.dispose();
        }
      });
    }
  });
}

describe('training on a batch of padding alone', () => {
  useBackend(modelBackends[0]);

  it('has loss 0 and changes nothing', async () => {
    const facts = await factsOf({ version: newest, name: 'mask_loss' });
    const training = facts.training as NonNullable<typeof facts.training>;
    const model = await loadKerasModel(await fixtureFile(newest, 'mask_loss.keras'));
    model.compile({ optimizer: tf.train.sgd(1), loss: 'meanSquaredError' });
    const padding = facts.inputs.map(({ shape }) => tf.zeros([...shape], 'int32'));
    const targets = training.targets.map(inputTensor);
    const before = predict(model, facts.inputs);
    expect(await trainOnce(model, padding, targets)).to.equal(0);
    const after = predict(model, facts.inputs);
    after.forEach((y, i) => {
      expect([...y.dataSync()]).to.deep.equal([...before[i].dataSync()]);
    });
    tf.dispose([padding, targets, before, after]);
    model.optimizer.dispose();
    model.dispose();
  });
});

it('there are models to train', () => expect(trained.length).to.be.greaterThan(15));

async function trainOnce(model: tf.LayersModel, xs: tf.Tensor[], targets: tf.Tensor[]): Promise<number> {
  const one = (list: tf.Tensor[]) => (list.length === 1 ? list[0] : list);
  const [loss] = [await model.trainOnBatch(one(xs), one(targets))].flat();
  return Number(loss);
}
