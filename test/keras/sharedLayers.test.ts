// Layers that a `.keras` file holds more than once, as Keras 3.15 and tf.keras 2.15 write them: the weights stand at the
// first place only, and the first copy within a wrapper has no number.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { Json, KerasObject } from '../../src/core/json.js';
import { decodeText, encodeText } from '../../src/core/text.js';
import { writeHdf5 } from '../../src/formats/hdf5/writeHdf5.js';
import { openZip, zipStored } from '../../src/formats/zip/zip.js';
import { SharedLayers } from '../../src/keras/graph/sharedLayers.js';
import { startSaveProgress } from '../../src/keras/save/saveProgress.js';
import { readWeightsTree } from '../../src/keras/save/weightsTree.js';
import { loadKerasModel, saveKerasModel } from '../../src/keras.js';
import { SGD } from '../../src/layers/optimizers/gradientDescent.js';
import type { KerasModel } from '../../src/layers/run/models.js';
import {
  add,
  dense,
  globalAveragePooling1d,
  Input,
  model,
  sequential,
  spectralNormalization,
  timeDistributed,
} from '../../src/layers.js';
import { useBackend } from '../support/backends.js';

type Called = { apply(x: tf.SymbolicTensor | tf.SymbolicTensor[]): tf.SymbolicTensor };

/** A layer or model that is called in the graph and stands in a wrapper too. */
function twice(shared: tf.layers.Layer, isFirst: boolean): KerasModel {
  const [one, steps] = [Input({ shape: [3], name: 'one' }), Input({ shape: [4, 3], name: 'steps' })];
  const call = (layer: tf.layers.Layer, x: tf.SymbolicTensor | tf.SymbolicTensor[]) =>
    (layer as unknown as Called).apply(x);
  const wrapped = () => call(globalAveragePooling1d({}), call(timeDistributed({ layer: shared }), steps));
  const [a, b] = isFirst ? [call(shared, one), wrapped()] : [wrapped(), call(shared, one)].reverse();
  return model({ inputs: [one, steps], outputs: call(add({}), [a, b]), name: 'twice' }) as KerasModel;
}

const wholeModel = () => sequential({ name: 'inner', layers: [dense({ units: 3, inputShape: [3], name: 'within' })] });

const kinds: Readonly<Record<string, () => KerasModel>> = {
  'a layer, called before': () => twice(dense({ units: 3, activation: 'tanh', name: 'shared' }), true),
  'a layer, called behind': () => twice(dense({ units: 3, activation: 'tanh', name: 'shared' }), false),
  'a model': () => twice(wholeModel(), true),
};

/** Follows `change` through all objects of a config. */
function eachObject(value: Json, change: (object: Record<string, Json>) => void): void {
  if (value === null || typeof value !== 'object') return;
  if (!Array.isArray(value)) change(value as Record<string, Json>);
  for (const item of Object.values(value)) eachObject(item as Json, change);
}

/** The file as Keras writes it: the weights once, and no number at the first of the copies where `losesNumber`. */
async function asKerasWrites(given: KerasModel, losesNumber: boolean): Promise<Uint8Array> {
  const zip = openZip(await saveKerasModel(given, { format: 'keras' }));
  const config = JSON.parse(decodeText(zip.read('config.json') as Uint8Array)) as Json;
  const numbered: Record<string, Json>[] = [];
  eachObject(config, (object) => {
    if (object.shared_object_id !== undefined) numbered.push(object);
  });
  expect(numbered).to.have.length(2);
  if (losesNumber) delete numbered[0].shared_object_id;
  const tree = await readWeightsTree(given, startSaveProgress(1, {}));
  const names = Object.keys(tree.groups.layers.groups).filter((name) => /^(time|dense|sequential)/.test(name));
  expect(names).to.have.length(2);
  delete tree.groups.layers.groups[names[1]].groups.layer;
  delete tree.groups.layers.groups[names[1]].groups.vars;
  delete tree.groups.layers.groups[names[1]].groups.layers;
  return zipStored({
    'metadata.json': zip.read('metadata.json') as Uint8Array,
    'config.json': encodeText(JSON.stringify(config)),
    'model.weights.h5': writeHdf5(tree),
  });
}

const inputs = () => [tf.randomNormal([2, 3], 0, 1, 'float32', 1), tf.randomNormal([2, 4, 3], 0, 1, 'float32', 2)];

/** Predictions before and after a step of training. */
async function results(given: KerasModel): Promise<number[][]> {
  given.compile({ optimizer: new SGD({ learningRate: 0.1 }) as unknown as tf.Optimizer, loss: 'meanSquaredError' });
  const x = inputs();
  const predict = () => tf.tidy(() => [...(given.predict(x) as tf.Tensor).dataSync()]);
  const before = predict();
  const y = tf.ones([2, 3]);
  await given.trainOnBatch(x, y);
  const found = [before, predict()];
  tf.dispose([...x, y]);
  return found;
}

describe('layers that a file holds more than once', () => {
  useBackend('convnet-cpu');

  for (const [kind, make] of Object.entries(kinds)) {
    for (const losesNumber of [false, true]) {
      it(`${kind}, in the graph and in TimeDistributed${losesNumber ? ', the first without a number' : ''}`, async () => {
        const made = make();
        const loaded = await loadKerasModel(await asKerasWrites(made, losesNumber));
        const again = await loadKerasModel(await saveKerasModel(loaded, { format: 'keras' }));
        const wanted = await results(made);
        expect(loaded.trainableWeights).to.have.length(made.trainableWeights.length);
        for (const one of [loaded, again]) {
          const found = await results(one);
          found.flat().forEach((value, i) => {
            expect(value).to.be.closeTo(wanted.flat()[i], 1e-6);
          });
        }
        for (const one of [made, loaded, again]) one.dispose();
      });
    }
  }

  // Keras 3.15 reads the saved file as a model with three weights, and an .h5 as one with five, as it reads its own.
  it('a layer in the graph and in SpectralNormalization is one after saving', async () => {
    const input = Input({ shape: [4] });
    const shared = dense({ units: 4, name: 'shared' });
    const normalized = spectralNormalization({ layer: shared });
    const made = model({ inputs: input, outputs: normalized.apply(shared.apply(input)) as tf.SymbolicTensor });
    const loaded = await loadKerasModel(await saveKerasModel(made, { format: 'keras' }));
    const h5 = await loadKerasModel(await saveKerasModel(made, { format: 'h5' }));
    const ids = ({ weights }: { readonly weights: tf.layers.Layer['weights'] }) => new Set(weights.map(({ id }) => id));
    expect([made, loaded, h5].map((one) => ids(one as KerasModel).size)).to.deep.equal([3, 3, 5]);
    for (const one of [made, loaded, h5]) one.dispose();
  });

  it('a copy with a number is the layer of that number and class', () => {
    const object = (id: number | undefined, class_name = 'Dense'): KerasObject =>
      ({ class_name, config: { name: 'a' }, ...(id === undefined ? {} : { shared_object_id: id }) }) as KerasObject;
    const [first, second] = [dense({ units: 1 }), dense({ units: 1 })];
    const [archive, h5] = [new SharedLayers(true), new SharedLayers(false)];
    for (const shared of [archive, h5]) {
      shared.remember(object(undefined), first);
      expect(shared.find(object(undefined))).to.equal(undefined);
    }
    expect(archive.find(object(1))).to.equal(first);
    // An .h5 has the weights of both copies, and Keras makes two layers.
    expect(h5.find(object(1))).to.equal(undefined);
    h5.remember(object(1), second);
    expect(h5.find(object(1))).to.equal(second);
    expect(h5.find(object(2))).to.equal(undefined);
    expect(h5.find(object(1, 'Conv2D'))).to.equal(undefined);
  });
});
