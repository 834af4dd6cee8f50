// Models of rare forms that real Keras compiled: evaluate() and three epochs of fit() tell what Keras told, and the file
// that is saved afterwards says the same. Made by test/fixtures/generator/odd.py.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { unzipSync } from 'fflate';
import { loadKerasModel } from '../../../src/keras/loadKerasModel.js';
import { saveKerasModel } from '../../../src/keras/save/saveKerasModel.js';
import type { KerasModel } from '../../../src/layers/run/models.js';
import { modelBackends, useBackend } from '../../support/backends.js';
import { readFixture } from '../../support/keras/fixtureFiles.js';

interface Packed {
  readonly shape: number[];
  readonly dtype: string;
  readonly values: number[];
}

interface Facts {
  readonly x: Packed;
  readonly targets: readonly (Packed | null)[];
  readonly evaluate: Readonly<Record<string, number>>;
  readonly history: Readonly<Record<string, readonly number[]>>;
  readonly after: readonly Packed[];
}

const names = ['ignored_labels', 'without_loss', 'shared_activity_loss', 'scores'];
const tensorOf = ({ shape, dtype, values }: Packed) =>
  tf.tensor(values, shape, dtype.startsWith('float') ? 'float32' : 'int32');

async function read(name: string): Promise<{ model: KerasModel; facts: Facts }> {
  const files = unzipSync(await readFixture('training/odd.zip'));
  const facts = JSON.parse(new TextDecoder().decode(files['facts.json']))[name] as Facts;
  return { model: await loadKerasModel(files[`${name}.keras`]), facts };
}

function expectClose(found: ArrayLike<number>, wanted: readonly number[], title: string): void {
  expect(found.length, title).to.equal(wanted.length);
  wanted.forEach((value, i) => {
    expect(found[i], title).to.be.closeTo(value, 1e-4 * Math.max(1, Math.abs(value)));
  });
}

function expectOutputs(model: KerasModel, x: tf.Tensor, wanted: readonly Packed[], title: string): void {
  tf.tidy(() => {
    const found = [model.predict(x) as tf.Tensor | tf.Tensor[]].flat();
    wanted.forEach(({ shape, values }, i) => {
      expect(found[i].shape, title).to.deep.equal(shape);
      expectClose(found[i].dataSync(), values, title);
    });
  });
}

for (const backend of modelBackends) {
  describe(`compiled models of rare forms, ${backend}`, () => {
    useBackend(backend);
    for (const name of names) {
      it(name, async () => {
        const before = tf.memory().numTensors;
        const { model, facts } = await read(name);
        const x = tensorOf(facts.x);
        const targets = facts.targets.map((target) => target && tensorOf(target));
        const y = (targets.length > 1 ? targets : targets[0]) as tf.Tensor;
        const found = [model.evaluate(x, y, { batchSize: 2 })].flat() as tf.Scalar[];
        expect([...model.metricsNames].sort()).to.deep.equal(Object.keys(facts.evaluate).sort());
        model.metricsNames.forEach((label, i) => {
          expectClose(found[i].dataSync(), [facts.evaluate[label]], `evaluate, ${label}`);
        });
        const { history } = await model.fit(x, y, { batchSize: 2, epochs: 3, shuffle: false, verbose: 0 });
        for (const [label, values] of Object.entries(facts.history)) {
          expectClose(history[label] as number[], values, `fit, ${label}`);
        }
        expectOutputs(model, x, facts.after, 'after fit');
        const again = (await loadKerasModel(await saveKerasModel(model))) as KerasModel;
        expectOutputs(again, x, facts.after, 'saved');
        expect(again.metricsNames).to.deep.equal(model.metricsNames);
        tf.dispose([x, targets.filter((one) => one !== null), found]);
        model.dispose();
        again.dispose();
        expect(tf.memory().numTensors).to.equal(before);
      });
    }

    it('targets may be left out only where nothing needs them', async () => {
      const { model, facts } = await read('without_loss');
      const x = tensorOf(facts.x);
      const y = tensorOf(facts.targets[0] as Packed);
      const evaluate = () => model.evaluate(x, [y, null, null] as unknown as tf.Tensor[]);
      expect(evaluate).to.throw(/an output with a loss or metrics needs targets. Received: (null|None) for output/);
      tf.dispose([x, y]);
      model.dispose();
    });
  });
}
