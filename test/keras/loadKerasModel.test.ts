// loadKerasModel on every file that real Keras wrote: the predictions equal Keras's, and no tensor is left behind.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { KerasFileError, kerasFile, loadKerasModel } from '../../src/keras.js';
import { tableBackends, useBackend } from '../support/backends.js';
import { customFixtures as customObjects } from '../support/keras/customFixtures.js';
import { factsOf, fixtureFile, fixtures, forgottenOutputs } from '../support/keras/fixtureFiles.js';
import { expectPredictions } from '../support/keras/predictions.js';

const newest = '3.15.1';
const quiet = { onWarning: () => {} };

const isModelFile = (name: string) => /\.(keras|h5)$/.test(name) && !/(weights|legacy)\.h5$/.test(name);
const modelFiles = fixtures.flatMap((fixture) => {
  const names = Object.values(fixture.files).flat().filter(isModelFile);
  return names.map((file) => ({ ...fixture, file }));
});

for (const backend of tableBackends) {
  describe(`loadKerasModel on ${backend}`, () => {
    useBackend(backend);
    // Models take longer in Chromium, so the old versions run on the CPU engine alone.
    const chosen = modelFiles.filter(({ version }) => backend === 'convnet-cpu' || version === newest);
    for (const { version, name, kind, file } of chosen) {
      if (kind === 'refused') continue;
      it(`Keras ${version}: ${file}`, async () => {
        const facts = await factsOf({ version, name });
        const options = kind === 'custom' ? { ...quiet, customObjects } : quiet;
        const model = await loadKerasModel(await fixtureFile(version, file), options);
        try {
          // bfloat16 and float16 models: Keras rounds between layers, this library does not.
          const tolerance = /float16/.test(name) ? 2e-2 : 2e-5;
          expectPredictions(model, facts, { tolerance, except: forgottenOutputs(version, name) });
          const sizes = [...new Set(model.weights)].map(({ shape }) => tf.util.sizeFromShape(shape as number[]));
          expect(sizes.reduce((a, b) => a + b, 0)).to.equal(facts.parameters);
        } finally {
          model.dispose();
        }
      });
    }
  });
}

describe('loadKerasModel: what it refuses', () => {
  useBackend('cpu');
  for (const { version, file } of modelFiles.filter(({ kind }) => kind === 'refused')) {
    it(`Keras ${version}: ${file}`, async () => {
      const error = await failure(loadKerasModel(await fixtureFile(version, file), quiet));
      expect(error).to.be.instanceOf(KerasFileError);
    });
  }

  it('names all unknown classes at once and says what to do', async () => {
    const { message } = await failure(loadKerasModel(await fixtureFile(newest, 'unknown_layers.keras')));
    for (const text of ["'FirstUnknown'", "'SecondUnknown'", 'customObjects', newest]) expect(message).to.include(text);
  });

  it('names the layer that carries code', async () => {
    const { message } = await failure(loadKerasModel(await fixtureFile(newest, 'lambda_layer.keras')));
    expect(message).to.include("'twice' (Lambda)").and.include('Python code');
  });

  it('takes a function of tensors in place of a Lambda layer', async () => {
    const facts = await factsOf({ version: newest, name: 'lambda_layer' });
    const twice = (x: tf.Tensor | tf.Tensor[]) => tf.mul(x as tf.Tensor, 2);
    const file = await fixtureFile(newest, 'lambda_layer.keras');
    const model = await loadKerasModel(file, { customObjects: { twice } });
    expectPredictions(model, facts);
    model.dispose();
  });

  it('says that a file of weights is one', async () => {
    const { message } = await failure(loadKerasModel(await fixtureFile(newest, 'sequential.weights.h5')));
    expect(message).to.include('loadKerasWeights');
  });

  it('stops when it is told to, and leaves nothing behind', async () => {
    const controller = new AbortController();
    const onProgress = (fraction: number) => fraction > 0.6 && controller.abort(new Error('enough'));
    const file = await fixtureFile(newest, 'twelve_convs.keras');
    const { message } = await failure(loadKerasModel(file, { signal: controller.signal, onProgress }));
    expect(message).to.equal('enough');
  });
});

describe('loadKerasModel: progress, handlers', () => {
  useBackend('cpu');

  it('reports progress from 0 to 1, never backwards', async () => {
    const seen: number[] = [];
    const onProgress = (fraction: number) => seen.push(fraction);
    const model = await loadKerasModel(await fixtureFile(newest, 'functional.keras'), { onProgress });
    model.dispose();
    expect(seen.at(-1)).to.equal(1);
    expect(seen).to.deep.equal([...seen].sort((a, b) => a - b));
  });

  it('kerasFile feeds tf.loadLayersModel', async () => {
    const facts = await factsOf({ version: newest, name: 'multi_io' });
    const model = await tf.loadLayersModel(kerasFile(await fixtureFile(newest, 'multi_io.keras')));
    expectPredictions(model, facts);
    model.dispose();
  });

  it('a loaded model can be trained', async () => {
    const facts = await factsOf({ version: newest, name: 'sequential' });
    const model = await loadKerasModel(await fixtureFile(newest, 'sequential.keras'));
    const { inputs, outputs } = facts;
    const x = tf.tensor(inputs[0].values as number[], [...inputs[0].shape]);
    const y = tf.zeros([...outputs[0].shape]);
    const optimizer = tf.train.sgd(0.1);
    model.compile({ optimizer, loss: 'meanSquaredError' });
    const { history } = await model.fit(x, y, { epochs: 5, batchSize: 2, verbose: 0 });
    expect(history.loss[4]).to.be.lessThan(history.loss[0] as number);
    model.dispose();
    optimizer.dispose();
    tf.dispose([x, y]);
  });
});

async function failure(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('it should have failed');
}
