// Training goes on where Python stopped: 10 steps of real Keras, saved; the next 10 here have the losses that Keras would
// have had. What is saved here goes on in Keras with `npm run compatibility -- resume`.

import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import type { KerasFormat } from '../../../src/keras/save/saveKerasModel.js';
import { type AdamW, loadKerasModel, Nadam, saveKerasModel } from '../../../src/keras.js';
import { shareFor, tableBackends, useBackend } from '../../support/backends.js';

const older = unzipSync(new Uint8Array(readFileSync(new URL('../../fixtures/training/keras2.zip', import.meta.url))));
const olderLosses = JSON.parse(new TextDecoder().decode(older['losses.json'])) as Record<string, number[]>;
const olderFiles = Object.keys(older).filter((name) => !/json|legacy_nadam/.test(name));
const folder = new URL('../../fixtures/training/', import.meta.url);
const names = ['adam', 'adamw', 'sgd', 'rmsprop'];
const formats: readonly Exclude<KerasFormat, 'weights.h5'>[] = ['keras', 'h5'];

function pictures(step: number): tf.Tensor4D {
  const values = Array.from({ length: 8 * 6 * 6 * 2 }, (_, i) => (((i * 37 + step * 71) % 101) - 50) / 50);
  return tf.tensor4d(values, [8, 6, 6, 2]);
}

const classes = (step: number) =>
  tf.tensor2d(
    Array.from({ length: 8 }, (_, i) => (i * 5 + step) % 3),
    [8, 1],
  );

async function trainSteps(model: tf.LayersModel, from: number, to: number): Promise<number[]> {
  const losses: number[] = [];
  for (let step = from; step < to; step++) {
    const [x, y] = [pictures(step), classes(step)];
    const [loss] = [await model.trainOnBatch(x, y)].flat();
    losses.push(loss);
    tf.dispose([x, y]);
  }
  return losses;
}

function expectLosses(found: readonly number[], wanted: readonly number[]): void {
  wanted.forEach((loss, i) => {
    expect(found[i], `step ${i} of ${found.join(' ')}`).to.be.closeTo(loss, 1e-4);
  });
}

for (const backend of tableBackends) {
  describe(`training that began in Keras, on ${backend}`, () => {
    useBackend(backend);

    for (const name of shareFor(backend, names, 2)) {
      for (const format of formats) {
        it(`${name}.${format}: goes on as in Keras, also after being saved here`, async () => {
          const all = JSON.parse(await readFile(new URL('losses.json', folder), 'utf8')) as Record<string, number[]>;
          const file = await readFile(new URL(`${name}.${format}`, folder));
          const model = await loadKerasModel(new Uint8Array(file));
          const { name: first, read } = (model.optimizer as AdamW).stateOf()[0];
          expect([first, ...read()]).to.deep.equal(['iteration', 10]);
          expectLosses(await trainSteps(model, 10, 15), all[name].slice(10, 15));
          for (const next of formats) {
            const again = await loadKerasModel(await saveKerasModel(model, { format: next }));
            expectLosses(await trainSteps(again, 15, 20), all[name].slice(15, 20));
            again.dispose();
          }
          model.dispose();
        });
      }
    }

    for (const file of shareFor(backend, olderFiles, 3)) {
      it(`tf.keras 2.15, ${file}: goes on as there, also after being saved here`, async () => {
        const losses = olderLosses[file.split('.')[0]];
        const warnings: string[] = [];
        const model = await loadKerasModel(older[file], { onWarning: (text) => warnings.push(text) });
        expectLosses(await trainSteps(model, 10, 15), losses.slice(10, 15));
        expect(warnings).to.deep.equal([]);
        for (const next of formats) {
          const bytes = await saveKerasModel(model, { format: next });
          // Keras 3 refuses what a loss of tf.keras is called with.
          expect(new TextDecoder('latin1').decode(bytes)).not.to.match(/"reduction": "auto"|"fn":/);
          const again = await loadKerasModel(bytes);
          expectLosses(await trainSteps(again, 15, 20), losses.slice(15, 20));
          again.dispose();
        }
        model.dispose();
      });
    }

    it('the legacy Nadam of tf.keras 2.15 leaves the model uncompiled, and says why', async () => {
      const warnings: string[] = [];
      const model = await loadKerasModel(older['legacy_nadam.h5'], { onWarning: (text) => warnings.push(text) });
      expect(model.optimizer).to.equal(undefined);
      expect(warnings.join()).to.match(/is not compiled: the legacy Nadam has momenta .* received decay=0.004/);
      model.dispose();
    });

    it('for older versions: a loss without newer arguments, and Nadam without its state', async () => {
      const model = await loadKerasModel(new Uint8Array(await readFile(new URL('adam.h5', folder))));
      model.compile({ optimizer: new Nadam(), loss: model.loss });
      await trainSteps(model, 0, 1);
      const textOf = async (olderKeras: boolean) =>
        new TextDecoder('latin1').decode(await saveKerasModel(model, { format: 'h5', olderKeras }));
      expect(await textOf(false))
        .to.match(/ignore_class[^}]*"axis": -1/)
        .and.include('optimizer_weights');
      expect(await textOf(true)).not.to.match(/ignore_class|optimizer_weights/);
      model.dispose();
      model.optimizer.dispose();
    });

    it('compile: false leaves it uncompiled', async () => {
      const file = new Uint8Array(await readFile(new URL('adam.keras', folder)));
      const model = await loadKerasModel(file, { compile: false });
      expect(model.optimizer).to.equal(undefined);
      model.dispose();
    });

    it('compile: false, saved: the archive says how it was compiled, as the file did', async () => {
      const file = new Uint8Array(await readFile(new URL('adam.keras', folder)));
      const model = await loadKerasModel(file, { compile: false });
      const configs = [file, await saveKerasModel(model, { format: 'keras' })].map(
        (bytes) => JSON.parse(strFromU8(unzipSync(bytes)['config.json'])).compile_config,
      );
      expect(configs[1]).to.deep.equal(configs[0]);
      model.dispose();
    });

    it('a model that is not trained on holds no state of an optimizer', async () => {
      const file = new Uint8Array(await readFile(new URL('adam.keras', folder)));
      const [compiled, bare] = [await loadKerasModel(file), await loadKerasModel(file, { compile: false })];
      const { numTensors } = tf.memory();
      bare.dispose();
      const ofBare = numTensors - tf.memory().numTensors;
      compiled.dispose();
      expect(numTensors - ofBare - tf.memory().numTensors).to.equal(ofBare);
    });
  });
}

/** Losses of tf.keras 2.15 from `adam.keras` of keras2.zip on, with these optimizers anew. */
const begun = [
  {
    written: { class_name: 'Nadam', config: { learning_rate: 0.02 } },
    losses: [1.10517, 1.10996, 1.12307, 1.11981, 1.11522, 1.09785, 1.11915, 1.09009],
  },
  {
    written: {
      class_name: 'SGD',
      config: { learning_rate: 0.1, use_ema: true, ema_momentum: 0.7, ema_overwrite_frequency: 2 },
    },
    losses: [1.10517, 1.1086, 1.11404, 1.10922, 1.11238, 1.10299, 1.11551, 1.09023],
  },
];

describe('training that begins here by the rules of tf.keras 2.15', () => {
  useBackend('convnet-cpu');

  for (const { written, losses } of begun) {
    for (const format of ['as it is', 'keras', 'h5'] as const) {
      it(`${written.class_name} has the losses of tf.keras; ${format}`, async () => {
        const members = unzipSync(older['adam.keras']);
        const config = JSON.parse(strFromU8(members['config.json']));
        const optimizer = { ...written, config: { ...written.config, is_legacy_optimizer: false } };
        config.compile_config = { ...config.compile_config, optimizer };
        members['config.json'] = strToU8(JSON.stringify(config));
        let model = await loadKerasModel(zipSync(members), { onWarning: () => {} });
        if (format !== 'as it is') {
          const bytes = await saveKerasModel(model, { format });
          model.dispose();
          model = await loadKerasModel(bytes);
        }
        expectLosses(await trainSteps(model, 0, losses.length), losses);
        model.dispose();
      });
    }
  }
});
