// `Model.fromConfig(model.getConfig())` and `tf.models.modelFromJSON(model.toJSON())` after installKerasLayers(): of every model
// that Keras 3.15 and tf.keras 2.15 wrote for the tests, a copy with the same config, weights, inputs, outputs and predictions.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { flattenTree, namesOf, structureOf } from '../../src/core/tensorTree.js';
import { type KerasModel, loadKerasModel } from '../../src/keras.js';
import { installKerasLayers } from '../../src/layers.js';
import { useBackend } from '../support/backends.js';
import { factsOf, fixtureFile, fixtures } from '../support/keras/fixtureFiles.js';
import { inputTensor } from '../support/keras/predictions.js';

/** What a config in JavaScript cannot say. */
const left: Readonly<Record<string, string>> = {
  shared_between_models: 'a layer of two models, which becomes two',
  custom_layer: 'a class of a user',
  patch_encoder: 'a class of a user',
  slash_names: 'names that Keras 3 refuses',
};
/** Weights that a file froze come last, and a config does not say which: they have another order. */
const isFrozenByFile = (name: string) => /^quantized_/.test(name);

type Loaded = KerasModel & { readonly constructor: { fromConfig(cls: unknown, config: unknown): KerasModel } };

const ways: Readonly<Record<string, (model: Loaded) => Promise<KerasModel>>> = {
  'Model.fromConfig': async (model) => model.constructor.fromConfig(model.constructor, model.getConfig()),
  modelFromJSON: async (model) =>
    (await tf.models.modelFromJSON(JSON.parse(model.toJSON() as unknown as string))) as KerasModel,
};

const weightsOf = ({ weights }: tf.LayersModel) =>
  weights.map(({ originalName, shape }) => `${originalName} [${shape}]`);

describe('copies of models by their configs', () => {
  useBackend('convnet-cpu');
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  const official = { ...classNameMap };
  before(installKerasLayers);
  after(() => {
    for (const name of Object.keys(classNameMap)) delete classNameMap[name];
    Object.assign(classNameMap, official);
  });

  for (const entry of fixtures) {
    const { version, name, files } = entry;
    const [file] = [files.keras ?? files.h5 ?? []].flat();
    if (!['3.15.1', '2.15.0'].includes(version) || !file || left[name] || isFrozenByFile(name)) continue;
    it(`${name} of ${version}`, async () => {
      const facts = await factsOf(entry);
      if (facts.refused !== undefined) return;
      const onWarning = () => {};
      const model = (await loadKerasModel(await fixtureFile(version, file), { onWarning })) as Loaded;
      const inputs = facts.inputs.map(inputTensor);
      const predict = (one: KerasModel) =>
        one.predict<tf.Tensor | tf.Tensor[]>(inputs.length === 1 ? inputs[0] : inputs);
      const expected = predict(model);
      for (const [way, copy] of Object.entries(ways)) {
        if (name === 'infinite' && way === 'modelFromJSON') continue; // JSON has no infinity
        const again = await copy(model);
        expect(again.getConfig(), way).to.deep.equal(model.getConfig());
        expect(weightsOf(again), way).to.deep.equal(weightsOf(model));
        again.setWeights(model.getWeights());
        const found = predict(again);
        const [a, b] = [found, expected].map((tree) => namesOf(structureOf<tf.Tensor>(tree), []));
        expect(a, way).to.deep.equal(b);
        const values = (tree: typeof found) => flattenTree<tf.Tensor>(tree).map((tensor) => tensor.dataSync());
        expect(values(found), way).to.deep.equal(values(expected));
        tf.dispose(flattenTree<tf.Tensor>(found));
        again.dispose();
      }
      tf.dispose([...inputs, ...flattenTree<tf.Tensor>(expected)]);
      model.optimizer?.dispose();
      model.dispose();
    });
  }
});
