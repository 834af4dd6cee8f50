// loadKerasWeights: every layout of weights into a model with other weights, and the errors for weights that do not
// fit.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { KerasFileError, loadKerasModel, loadKerasWeights } from '../../src/keras.js';
import { conv2d } from '../../src/layers.js';
import { useBackend } from '../support/backends.js';
import { customFixtures as customObjects } from '../support/keras/customFixtures.js';
import { type FixtureEntry, factsOf, fixtureFile, fixtures } from '../support/keras/fixtureFiles.js';
import { expectPredictions } from '../support/keras/predictions.js';

const newest = '3.15.1';
const quiet = { onWarning: () => {}, customObjects };

/** The files with the weights of the fixture's model alone. */
const weightFiles = fixtures.flatMap(({ version, name, files }) => {
  const names = Object.values(files).flat();
  return names
    .filter((file) => /(\.weights|\.legacy)\.h5$/.test(file) && !/_\d{5}\./.test(file))
    .map((file) => ({ version, name, file }));
});

describe('loadKerasWeights', () => {
  useBackend('cpu');

  for (const { version, name, file } of weightFiles) {
    it(`Keras ${version}: ${file}`, async () => {
      const model = await freshModel(version, name);
      try {
        await loadKerasWeights(model, await fixtureFile(version, file));
        expectPredictions(model, await factsOf({ version, name }));
      } finally {
        model.dispose();
      }
    });
  }

  it('takes the weights out of whole-model files, by order and by name', async () => {
    const facts = await factsOf({ version: newest, name: 'functional' });
    for (const [file, options] of [
      ['functional.keras', {}],
      ['functional.h5', {}],
      ['functional.h5', { byName: true }],
    ] as const) {
      const model = await freshModel(newest, 'functional');
      await loadKerasWeights(model, await fixtureFile(newest, file), options);
      expectPredictions(model, facts);
      model.dispose();
    }
  });

  it('takes sharded weights', async () => {
    const model = await freshModel(newest, 'sharded');
    const names = ['sharded.weights.json', 'sharded_00000.weights.h5', 'sharded_00001.weights.h5'];
    const files = await Promise.all(names.map(async (name) => ({ name, bytes: await fixtureFile(newest, name) })));
    await loadKerasWeights(model, files);
    expectPredictions(model, await factsOf({ version: newest, name: 'sharded' }));
    model.dispose();
  });

  it('takes weights of a model with LoRA into the same model without', async () => {
    const model = await loadKerasModel(await fixtureFile(newest, 'lora_plain.keras'), quiet);
    zeroWeights(model);
    await loadKerasWeights(model, await fixtureFile(newest, 'lora.weights.h5'));
    expectPredictions(model, await factsOf({ version: newest, name: 'lora' }));
    model.dispose();
  });

  it('a shape that does not fit names layer, shapes and version, and changes nothing', async () => {
    const model = tf.sequential({
      layers: [conv2d({ filters: 5, kernelSize: 3, inputShape: [8, 8, 3], name: 'first' }) as never],
    });
    const before = model.getWeights().map((weight) => weight.dataSync());
    const error = await failure(loadKerasWeights(model, await fixtureFile(newest, 'sequential.weights.h5')));
    expect(error).to.be.instanceOf(KerasFileError);
    expect(error.message).to.match(/no layer of the model takes/);
    const after = model.getWeights().map((weight) => weight.dataSync());
    expect(after).to.deep.equal(before);
    model.dispose();
  });

  it('with skipMismatch what does not fit is skipped with a word', async () => {
    const warnings: string[] = [];
    const model = tf.sequential({ layers: [conv2d({ filters: 5, kernelSize: 3, inputShape: [8, 8, 3] })] });
    const onWarning = (message: string) => warnings.push(message);
    await loadKerasWeights(model, await fixtureFile(newest, 'sequential.weights.h5'), {
      skipMismatch: true,
      onWarning,
    });
    expect(warnings.length).to.be.greaterThan(0);
    model.dispose();
  });
});

/** The model of a fixture with all weights zero. */
async function freshModel(version: string, name: string): Promise<tf.LayersModel> {
  const { files } = fixtures.find((fixture) => fixture.version === version && fixture.name === name) ?? {
    files: {} as FixtureEntry['files'],
  };
  const file = (files.keras ?? files.h5) as string;
  const model = await loadKerasModel(await fixtureFile(version, file), quiet);
  zeroWeights(model);
  return model;
}

function zeroWeights(model: tf.LayersModel): void {
  tf.tidy(() => model.setWeights(model.getWeights().map((weight) => tf.zerosLike(weight))));
}

async function failure(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('it should have failed');
}
