// Every .keras file of real Keras, loaded and saved again, has the same config, paths and predictions.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { parsePythonJson } from '../../../src/formats/json/pythonJson.js';
import { openZip } from '../../../src/formats/zip/zip.js';
import { kerasOrder } from '../../../src/keras/graph/layerOrder.js';
import { type KerasFormat, saveKerasModel } from '../../../src/keras/save/saveKerasModel.js';
import { loadKerasModel } from '../../../src/keras.js';
import { isBrowser, useBackend } from '../../support/backends.js';
import { customFixtures as customObjects } from '../../support/keras/customFixtures.js';
import { type FixtureEntry, factsOf, fixtureFile, fixtures } from '../../support/keras/fixtureFiles.js';
import { floatDifferences, parseWithFloats } from '../../support/keras/markFloats.js';
import { predict } from '../../support/keras/predictions.js';
import { weightPaths } from '../../support/keras/savedFile.js';

const newest = '3.15.1';
const options = { onWarning: () => {}, customObjects };

const loadable = fixtures.filter(({ kind, files }) => kind !== 'refused' && typeof files.keras === 'string');
const ofKeras3 = loadable.filter(({ version }) => version.startsWith('3.'));
const ofNewest = loadable.filter(({ version }) => version === newest);

type Config = { readonly [key: string]: unknown };

function loadFixture({ version, files }: FixtureEntry, file = files.keras as string): Promise<tf.LayersModel> {
  return fixtureFile(version, file).then((bytes) => loadKerasModel(bytes, options));
}

function configOf(archive: Uint8Array): Config {
  return parsePythonJson(new TextDecoder().decode(openZip(archive).read('config.json'))) as Config;
}

/**
 * A config without the parts that differ from one writing to the next: addresses of shared Python objects, and shapes
 * for building, where Keras writes the batch size of the last call or, for activations that are layers, nothing.
 */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (value === null || typeof value !== 'object') return value;
  const kept = Object.entries(value).filter(([key]) => key !== 'shared_object_id' && key !== 'build_config');
  return Object.fromEntries(kept.map(([key, item]) => [key, comparable(item)]));
}

/** The names of the layers; for a Sequential model without its input layer. */
function layerNames({ class_name: className, config }: Config): string[] {
  const { layers } = config as { layers: { class_name: string; name?: string; config: { name: string } }[] };
  const counted = className === 'Sequential' ? layers.filter((layer) => layer.class_name !== 'InputLayer') : layers;
  return counted.map(({ name, config: { name: own } }) => name ?? own);
}

describe('kerasOrder', () => {
  useBackend('convnet-cpu');
  for (const fixture of ofKeras3) {
    it(`is that of Keras ${fixture.version}: ${fixture.name}`, async () => {
      const model = await loadFixture(fixture);
      try {
        const written = layerNames(configOf(await fixtureFile(fixture.version, fixture.files.keras as string)));
        expect(kerasOrder(model).map(({ name }) => name)).to.deep.equal(written);
      } finally {
        model.dispose();
      }
    });
  }
});

describe('saveKerasModel: floats and integers of files', () => {
  useBackend('convnet-cpu');
  for (const fixture of ofKeras3) {
    it(`stay what Keras ${fixture.version} wrote: ${fixture.name}`, async () => {
      const model = await loadFixture(fixture);
      try {
        const original = await fixtureFile(fixture.version, fixture.files.keras as string);
        const [meant, written] = [original, await saveKerasModel(model)].map((archive) =>
          parseWithFloats(new TextDecoder().decode(openZip(archive).read('config.json'))),
        );
        expect(floatDifferences(meant, written)).to.deep.equal([]);
      } finally {
        model.dispose();
      }
    });
  }
});

describe('saveKerasModel: files of Keras loaded and saved', () => {
  useBackend('convnet-cpu');
  // A quantised model is a float model when it is saved: test/keras/quantized.test.ts. Wrong shapes are written right.
  const changes = (name: string) => name.startsWith('quantized_') || name === 'misrecorded_shapes';
  for (const fixture of ofNewest.filter(({ name }) => !changes(name))) {
    it(`${fixture.name}: the config and the paths of the weights stay`, async () => {
      const model = await loadFixture(fixture);
      try {
        const original = await fixtureFile(newest, fixture.files.keras as string);
        const saved = await saveKerasModel(model);
        expect(comparable(configOf(saved))).to.deep.equal(comparable(configOf(original)));
        const before = weightPaths(openZip(original).read('model.weights.h5'));
        const after = weightPaths(openZip(saved).read('model.weights.h5'));
        // An optimizer has a state once it has made a step.
        const { optimizer } = model as { readonly optimizer?: tf.Optimizer };
        const hasState = (optimizer?.iterations ?? 0) > 0;
        const expected = before.filter((path) => hasState || !path.startsWith('/optimizer/'));
        // A layer of two models is stored twice, see weightsTree.ts.
        if (fixture.name === 'shared_between_models') expect(after).to.include.members(expected);
        else expect(after).to.deep.equal(expected);
      } finally {
        model.dispose();
      }
    });
  }
});

describe('saveKerasModel: a custom layer of an .h5', () => {
  useBackend('convnet-cpu');
  it('has the path of its class, as in a .keras file', async () => {
    const fixture = ofNewest.find(({ name }) => name === 'custom_layer') as FixtureEntry;
    const paths: string[][] = [];
    for (const file of [fixture.files.keras, fixture.files.h5]) {
      const model = await loadFixture(fixture, file as string);
      paths.push(weightPaths(await saveKerasModel(model, { format: 'weights.h5' })));
      model.dispose();
    }
    expect(paths[0]).to.include('/layers/scale/vars/0 [3]');
    expect(paths[1]).to.deep.equal(paths[0]);
  });
});

describe('saveKerasModel: a single tensor that older Keras wrote as a list', () => {
  useBackend('convnet-cpu');
  // Keras from 3.12 on takes a list of one at its word, and the layer behind a nested model then fails.
  const older = loadable.filter(({ version, name }) => version !== newest && name.startsWith('nested'));
  for (const fixture of older) {
    it(`${fixture.version} ${fixture.name}`, async () => {
      const model = await loadFixture(fixture);
      for (const tensors of modelTensors(configOf(await saveKerasModel(model)))) {
        expect(Array.isArray(tensors) && (tensors.length > 1 || !Array.isArray(tensors[0]))).to.equal(true);
      }
      model.dispose();
    });
  }
});

/** `input_layers` and `output_layers` of a model and of all models in it. */
function modelTensors(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(modelTensors);
  if (value === null || typeof value !== 'object') return [];
  const { input_layers: inputs, output_layers: outputs } = value as Config;
  const own = [inputs, outputs].filter((item) => item !== undefined);
  return [...own, ...Object.values(value).flatMap(modelTensors)];
}

describe('saveKerasModel: a file of Keras, trained here', () => {
  useBackend('convnet-cpu');
  it('keeps its config and its paths, and has other weights', async () => {
    const fixture = ofNewest.find(({ name }) => name === 'twelve_convs') as FixtureEntry;
    const model = await loadFixture(fixture);
    const original = await fixtureFile(newest, fixture.files.keras as string);
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const [x, y] = tf.tidy(() => {
      const xs = model.inputs.map(({ shape }) =>
        tf.randomNormal([2, ...shape.slice(1)] as number[], 0, 1, 'float32', 1),
      );
      return [xs, model.outputs.map(({ shape }) => tf.zeros([2, ...shape.slice(1)] as number[]))];
    });
    await model.fit(x, y, { epochs: 1, verbose: 0 });
    const saved = await saveKerasModel(model);
    const { compile_config: compiled, ...config } = configOf(saved);
    const { compile_config: _, ...before } = configOf(original);
    expect(comparable(config)).to.deep.equal(comparable(before));
    expect(compiled).to.have.nested.property('optimizer.class_name', 'SGD');
    const weights = (archive: Uint8Array) => openZip(archive).read('model.weights.h5');
    const steps = ['/optimizer/vars/0 []', '/optimizer/vars/1 []'];
    expect(weightPaths(weights(saved))).to.deep.equal([...weightPaths(weights(original)), ...steps]);
    const again = await loadKerasModel(saved, options);
    const values = (loaded: tf.LayersModel) => loaded.weights.map((weight) => weight.read().dataSync());
    expect(values(again)).to.deep.equal(values(model));
    tf.dispose([x, y]);
    again.dispose();
    model.dispose();
  });
});

const backends = isBrowser ? ['convnet-cpu', 'convnet-webgl'] : ['convnet-cpu'];
for (const backend of backends) {
  describe(`saveKerasModel: files of Keras loaded, saved and loaded, on ${backend}`, () => {
    useBackend(backend);
    for (const fixture of ofNewest) {
      it(`${fixture.name}: predictions are equal`, async () => {
        const { inputs } = await factsOf(fixture);
        const model = await loadFixture(fixture);
        const expected = predict(model, inputs);
        const formats: readonly KerasFormat[] = ['keras', 'h5'];
        try {
          for (const format of formats) {
            const again = await loadKerasModel(await saveKerasModel(model, { format }), options);
            const found = predict(again, inputs);
            found.forEach((tensor, i) => {
              expect(tensor.dataSync(), format).to.deep.equal(expected[i].dataSync());
            });
            tf.dispose(found);
            again.dispose();
          }
        } finally {
          tf.dispose(expected);
          model.dispose();
        }
      });
    }
  });
}
