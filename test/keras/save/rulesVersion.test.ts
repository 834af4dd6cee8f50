// Models of older versions of Keras, saved and loaded again: they train as the older Keras did, by its rules.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { KerasObject } from '../../../src/core/json.js';
import { originOf, rememberOrigin } from '../../../src/keras/graph/origins.js';
import { archivedConfig } from '../../../src/keras/save/compileConfig.js';
import { loadKerasModel, saveKerasModel } from '../../../src/keras.js';
import { rulesVersionOf } from '../../../src/layers/run/models.js';
import { useBackend } from '../../support/backends.js';
import { factsOf, fixtureFile } from '../../support/keras/fixtureFiles.js';
import { expectClose, inputTensor } from '../../support/keras/predictions.js';

const quiet = { onWarning: () => {} };
const models = [
  ['2.15.0', 'training_frozen_call'],
  ['2.15.0', 'training_moving_variance'],
  ['3.0.5', 'training_frozen_call'],
  ['3.0.5', 'training_moving_variance'],
  ['3.15.1', 'training_moving_variance'],
] as const;

describe('the version whose rules a saved model follows', () => {
  useBackend('convnet-cpu');

  it('what tf.keras says of training is not kept for Keras 3, where the model is not compiled here', async () => {
    for (const [version, isKept] of [
      ['2.15.0', false],
      ['3.15.1', true],
    ] as const) {
      const model = await loadKerasModel(await fixtureFile(version, 'training_moving_variance.keras'), quiet);
      // Keras 3.15 predicts with no model whose file has no number of steps here, as tf.keras writes it.
      const config = { optimizer: 'sgd', loss: null, steps_per_execution: null };
      rememberOrigin(model, { ...(originOf(model) as KerasObject), compile_config: config });
      expect(archivedConfig(model)).to.deep.equal(isKept ? config : {});
      const saved = await loadKerasModel(await saveKerasModel(model), quiet);
      expect(originOf(saved)?.compile_config).to.deep.equal(isKept ? config : {});
      model.dispose();
      saved.dispose();
    }
  });

  for (const [version, name] of models) {
    for (const format of ['keras', 'h5'] as const) {
      it(`${version}, ${name}, as .${format}: trains as before`, async () => {
        const training = (await factsOf({ version, name })).training as NonNullable<
          Awaited<ReturnType<typeof factsOf>>['training']
        >;
        const [input] = (await factsOf({ version, name })).inputs;
        const first = await loadKerasModel(await fixtureFile(version, `${name}.keras`), quiet);
        const saved = await saveKerasModel(first, { format });
        first.dispose();
        const model = await loadKerasModel(saved, quiet);
        const [x, y] = [inputTensor(input), inputTensor(training.targets[0])];
        model.compile({ optimizer: tf.train.sgd(training.learningRate), loss: 'meanSquaredError' });
        try {
          expect(rulesVersionOf(model)).to.equal(version);
          const losses: number[] = [];
          for (const _ of training.losses) losses.push(Number([await model.trainOnBatch(x, y)].flat()[0]));
          expectClose(losses, training.losses, 1e-4, 'losses');
        } finally {
          tf.dispose([x, y]);
          model.optimizer.dispose();
          model.dispose();
        }
      });
    }
  }
});
