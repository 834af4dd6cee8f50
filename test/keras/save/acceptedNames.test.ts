// Names with a `/` are written with `_`, in the layers and in every reference to them.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { openHdf5, readStringList } from '../../../src/formats/hdf5/hdf5.js';
import { parsePythonJson } from '../../../src/formats/json/pythonJson.js';
import { openZip } from '../../../src/formats/zip/zip.js';
import { ownLayers } from '../../../src/keras/graph/disposeLayers.js';
import { acceptedNames, renamedLayers } from '../../../src/keras/save/acceptedNames.js';
import { saveKerasModel } from '../../../src/keras/save/saveKerasModel.js';
import { makeTfjsFiles } from '../../../src/keras/save/tfjs/tfjsFiles.js';
import { loadKerasModel } from '../../../src/keras.js';
import { useBackend } from '../../support/backends.js';
import { fixtureFile, fixtures } from '../../support/keras/fixtureFiles.js';

describe('acceptedNames', () => {
  it('puts _ for /, and a number where that name is taken, in any order', () => {
    const names = ['a/b', 'a_b', 'plain', 'a_b/c', 'a/b_c', 'a_b_1'];
    const expected = {
      'a/b': 'a_b_2',
      a_b: 'a_b',
      plain: 'plain',
      'a_b/c': 'a_b_c_1',
      'a/b_c': 'a_b_c',
      a_b_1: 'a_b_1',
    };
    expect(Object.fromEntries(acceptedNames(names))).to.deep.equal(expected);
    expect(Object.fromEntries(acceptedNames(names.reverse()))).to.deep.equal(expected);
  });
});

/** in/put -> shared (twice) -> inner/model [in/put, dense/a, dense_a] -> two outputs */
function modelWithSlashes(): tf.LayersModel {
  const inside = tf.input({ shape: [3], name: 'in/put' });
  const a = tf.layers.dense({ units: 3, name: 'dense/a' }).apply(inside);
  const b = tf.layers.dense({ units: 2, name: 'dense_a' }).apply(a) as tf.SymbolicTensor;
  const inner = tf.model({ inputs: inside, outputs: b, name: 'inner/model' });
  const x = tf.input({ shape: [3], name: 'in/put' });
  const shared = tf.layers.dense({ units: 3, name: 'shared/one' });
  const y = shared.apply(shared.apply(x)) as tf.SymbolicTensor;
  const model = tf.model({ inputs: x, outputs: [inner.apply(y) as tf.SymbolicTensor, y], name: 'outer/model' });
  ownLayers(model); // tfjs does not free layers that were called twice
  return model;
}

describe('a model with / in its names', () => {
  useBackend('convnet-cpu');

  it('is written with _ in config, references and weights', async () => {
    const model = modelWithSlashes();
    const config = new TextDecoder().decode(openZip(await saveKerasModel(model)).read('config.json'));
    expect(config).not.to.include('/');
    const root = parsePythonJson(config) as { config: { output_layers: unknown; name: string } };
    expect(root.config.name).to.equal('outer_model');
    expect(root.config.output_layers).to.deep.equal([
      ['inner_model', 1, 0],
      ['shared_one', 1, 0],
    ]);
    const weights = openHdf5(await saveKerasModel(model, { format: 'h5' })).group('model_weights');
    const inner = weights?.group('inner_model');
    expect(inner && readStringList(inner, 'weight_names')).to.deep.equal([
      'inner_model/dense_a_1/kernel',
      'inner_model/dense_a_1/bias',
      'inner_model/dense_a/kernel',
      'inner_model/dense_a/bias',
    ]);
    expect(renamedLayers(model)).to.deep.equal([
      ['in/put', 'in_put'],
      ['shared/one', 'shared_one'],
      ['inner/model', 'inner_model'],
      ['inner/model/in/put', 'in_put'],
      ['inner/model/dense/a', 'dense_a_1'],
    ]);
    model.dispose();
  });

  it('comes back with its weights where they were', async () => {
    const model = modelWithSlashes();
    const x = tf.randomNormal([2, 3], 0, 1, 'float32', 7);
    const valuesOf = (from: tf.LayersModel) =>
      tf.tidy(() => (from.predict(x) as tf.Tensor[]).map((y) => Array.from(y.dataSync())));
    const expected = valuesOf(model);
    const written = [
      await saveKerasModel(model, { format: 'keras' }),
      await saveKerasModel(model, { format: 'h5' }),
      (await makeTfjsFiles(model)).files,
    ];
    for (const source of written) {
      const again = await loadKerasModel(source);
      expect(valuesOf(again)).to.deep.equal(expected);
      again.dispose();
    }
    x.dispose();
    model.dispose();
  });

  it('of tf.keras is found in a model.json with the names that tf.keras gave', async () => {
    const fixture = fixtures.find(({ version, name }) => version === '2.15.0' && name === 'slash_names');
    const model = await loadKerasModel(await fixtureFile('2.15.0', fixture?.files.h5 as string));
    const specs = model.weights.map((weight) => ({
      name: weight.originalName,
      shape: weight.shape as number[],
      dtype: 'float32' as const,
    }));
    const values = model.weights.map((weight) => weight.read().dataSync() as Float32Array);
    const bytes = Uint8Array.from(values.flatMap((list) => [...new Uint8Array(list.slice().buffer)]));
    const json = {
      modelTopology: model.toJSON(null, false),
      weightsManifest: [{ paths: ['shard.bin'], weights: specs }],
    };
    const again = await loadKerasModel([
      { name: 'model.json', bytes: new TextEncoder().encode(JSON.stringify(json)) },
      { name: 'shard.bin', bytes },
    ]);
    expect(again.weights.map((weight) => weight.read().dataSync())).to.deep.equal(values);
    again.dispose();
    model.dispose();
  });
});
