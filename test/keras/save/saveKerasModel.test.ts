// saveKerasModel on models made in JavaScript: the content of the files, loading them again, errors, and leaks of
// tensors.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { nodeMajor } from '../../../src/core/platform.js';
import { openHdf5, readStringList } from '../../../src/formats/hdf5/hdf5.js';
import { parsePythonJson } from '../../../src/formats/json/pythonJson.js';
import { openZip } from '../../../src/formats/zip/zip.js';
import { ownLayers } from '../../../src/keras/graph/disposeLayers.js';
import { kerasFormats, saveKerasModel } from '../../../src/keras/save/saveKerasModel.js';
import { loadKerasModel, loadKerasWeights } from '../../../src/keras.js';
import { conv2d } from '../../../src/layers/conv/conv2d.js';
import { categoryEncoding } from '../../../src/layers/preprocessing/lookup/categoryEncoding.js';
import { model } from '../../../src/layers/run/models.js';
import { ownBackends, useBackend } from '../../support/backends.js';
import { javascriptModels } from '../../support/keras/javascriptModels.js';
import { randomModel } from '../../support/keras/randomModel.js';
import { objectNames, weightPaths } from '../../support/keras/savedFile.js';

// biome-ignore lint/suspicious/noExplicitAny: the tests read members of configs without checks
type Any = any;

const quiet = { onWarning: () => {} };

function json(bytes: Uint8Array): Any {
  return parsePythonJson(new TextDecoder().decode(bytes));
}

async function withModel(make: () => tf.LayersModel, test: (model: tf.LayersModel) => Promise<void>): Promise<void> {
  const model = make();
  ownLayers(model); // tfjs does not free layers that were called twice
  try {
    await test(model);
  } finally {
    model.optimizer?.dispose(); // tfjs leaves a given optimizer, and momentum's learning rate, to the caller
    (model.optimizer as { c?: tf.Tensor } | undefined)?.c?.dispose();
    model.dispose();
  }
}

function outputsOf(model: tf.LayersModel): Float32Array[] {
  return tf.tidy(() => {
    const inputs = model.inputs.map(({ shape }, i) =>
      tf.randomNormal([2, ...shape.slice(1)] as number[], 0, 1, 'float32', i + 1),
    );
    return [model.predict(inputs)].flat().map((tensor) => tensor.dataSync() as Float32Array);
  });
}

function nestedModel(): tf.LayersModel {
  const inner = tf.sequential({ name: 'inner' });
  inner.add(conv2d({ filters: 2, kernelSize: 1, inputShape: [4, 4, 2], name: 'deep' }));
  inner.add(tf.layers.batchNormalization({ name: 'norm' }));
  inner.layers[1].trainable = false;
  inner.add(conv2d({ filters: 2, kernelSize: 1, name: 'deeper' }));
  const x = tf.input({ shape: [4, 4, 2], name: 'x' });
  const shared = conv2d({ filters: 2, kernelSize: 3, padding: 'same', name: 'shared' });
  const y = inner.apply(shared.apply(shared.apply(x) as tf.SymbolicTensor)) as tf.SymbolicTensor;
  return tf.model({ inputs: x, outputs: y, name: 'outer' });
}

describe('saveKerasModel: the files', () => {
  useBackend('convnet-cpu');

  it('.keras: members, config and paths', () =>
    withModel(nestedModel, async (model) => {
      const archive = openZip(await saveKerasModel(model));
      expect(archive.names).to.deep.equal(['metadata.json', 'config.json', 'model.weights.h5']);
      const metadata = json(archive.read('metadata.json'));
      expect(metadata.keras_version).to.match(/^3\.\d+\.\d+$/);
      expect(metadata.date_saved).to.match(/^\d{4}-\d\d-\d\d@\d\d:\d\d:\d\d$/);
      const { module, class_name, registered_name, config, compile_config } = json(archive.read('config.json'));
      expect([module, class_name, registered_name]).to.deep.equal([
        'keras.src.models.functional',
        'Functional',
        'Functional',
      ]);
      expect(compile_config).to.deep.equal({});
      expect(config.layers.map(({ name }: Any) => name)).to.deep.equal(['x', 'shared', 'inner']);
      expect(config.input_layers).to.deep.equal(['x', 0, 0]);
      expect(config.output_layers).to.deep.equal(['inner', 0, 0]);
      const histories = config.layers[1].inbound_nodes.map(({ args }: Any) => args[0].config.keras_history);
      expect(histories).to.deep.equal([
        ['x', 0, 0],
        ['shared', 0, 0],
      ]);
      const names = objectNames(archive.read('model.weights.h5'));
      expect(names).to.deep.equal({
        '/vars': 'outer',
        '/layers/input_layer/vars': 'x',
        '/layers/conv2d/vars': 'shared',
        '/layers/sequential/vars': 'inner',
        '/layers/sequential/layers/conv2d/vars': 'deep',
        '/layers/sequential/layers/batch_normalization/vars': 'norm',
        '/layers/sequential/layers/conv2d_1/vars': 'deeper',
      });
    }));

  it('.weights.h5: the same weights as in the archive', () =>
    withModel(nestedModel, async (model) => {
      const inArchive = openZip(await saveKerasModel(model)).read('model.weights.h5');
      expect(await saveKerasModel(model, { format: 'weights.h5' })).to.deep.equal(inArchive);
      expect(weightPaths(inArchive)).to.include('/layers/sequential/layers/batch_normalization/vars/3 [2]');
    }));

  it('.h5: config, names, and trained weights before others', () =>
    withModel(nestedModel, async (model) => {
      const root = openHdf5(await saveKerasModel(model, { format: 'h5' }));
      const config = json(new TextEncoder().encode(root.attributes.get('model_config') as string));
      expect(Object.keys(config)).to.deep.equal(['class_name', 'config']);
      expect(Object.keys(config.config.layers[1])).to.deep.equal(['class_name', 'config', 'name', 'inbound_nodes']);
      const weights = root.group('model_weights');
      expect(weights && readStringList(weights, 'layer_names')).to.deep.equal(['x', 'shared', 'inner']);
      const inner = weights?.group('inner');
      const paths = inner && readStringList(inner, 'weight_names');
      expect(paths?.map((path) => path.split('/').slice(-2).join('/'))).to.deep.equal([
        'deep/kernel',
        'deep/bias',
        'deeper/kernel',
        'deeper/bias',
        'norm/gamma',
        'norm/beta',
        'norm/moving_mean',
        'norm/moving_variance',
      ]);
    }));

  it('a frozen model freezes the layers in its config', () =>
    withModel(nestedModel, async (model) => {
      model.layers[2].trainable = false;
      const { config } = json(openZip(await saveKerasModel(model)).read('config.json'));
      const inner = config.layers[2].config;
      expect([inner.trainable, ...inner.layers.slice(1).map((layer: Any) => layer.config.trainable)]).to.deep.equal([
        false,
        false,
        false,
        false,
      ]);
      expect(config.layers[1].config.trainable).to.equal(true);
    }));

  it('LoRA is merged, and h5 keeps its factors', () =>
    withModel(javascriptModels.grouped, async (model) => {
      const merged = weightPaths(openZip(await saveKerasModel(model)).read('model.weights.h5'));
      expect(merged.filter((path) => path.includes('conv2d_1'))).to.deep.equal([
        '/layers/conv2d_1/vars/0 [1,1,8,4]',
        '/layers/conv2d_1/vars/1 [4]',
      ]);
      const group = openHdf5(await saveKerasModel(model, { format: 'h5' })).group('model_weights/adapted');
      const names = group && readStringList(group, 'weight_names')?.map((path) => path.split('/').at(-1));
      expect(names).to.deep.equal(['bias', 'lora_kernel_a', 'lora_kernel_b', 'kernel']);
    }));

  it("a layer of Keras 2 alone is written as Keras 3's equal", () =>
    withModel(
      () => one(tf.layers.thresholdedReLU({ theta: 2, name: 'cut' })),
      async (model) => {
        const { config } = json(openZip(await saveKerasModel(model)).read('config.json'));
        expect(config.layers[1].class_name).to.equal('ReLU');
        expect(config.layers[1].config).to.include({ threshold: 2, negative_slope: 0, max_value: null });
      },
    ));

  it('a layer without build() in Keras is built for its first input alone', () =>
    withModel(
      () => {
        const [x, weights] = [tf.input({ shape: [4], dtype: 'int32' }), tf.input({ shape: [4] })];
        const layer = categoryEncoding({ numTokens: 6, outputMode: 'count' });
        return model({ inputs: [x, weights], outputs: layer.apply([x, weights]) as tf.SymbolicTensor });
      },
      async (made) => {
        const { layers } = json(openZip(await saveKerasModel(made)).read('config.json')).config;
        const { build_config } = layers.find(({ class_name }: Any) => class_name === 'CategoryEncoding');
        expect(build_config).to.deep.equal({ input_shape: [null, 4] });
      },
    ));

  it('for older versions: without newer arguments that have their default', () =>
    withModel(nestedModel, async (model) => {
      const archive = openZip(await saveKerasModel(model, { olderKeras: true }));
      const { config } = json(archive.read('config.json'));
      const [input, conv] = config.layers;
      expect(input.config).to.have.all.keys('batch_shape', 'dtype', 'sparse', 'name');
      expect(conv.config.kernel_initializer.config).to.deep.equal({ seed: null });
      const again = await loadKerasModel(await saveKerasModel(model, { olderKeras: true }), quiet);
      expectClose(outputsOf(again), outputsOf(model), 'older');
      again.dispose();
    }));

  it('says what the model was compiled with, unless told not to', () =>
    withModel(javascriptModels.grouped, async (model) => {
      const text = new TextDecoder().decode(openZip(await saveKerasModel(model)).read('config.json'));
      expect(text).to.include('"learning_rate": 1.0').and.include('"momentum": 0.5');
      const { compile_config: compiled } = parsePythonJson(text) as Any;
      expect(compiled.optimizer.class_name).to.equal('SGD');
      expect([compiled.loss, compiled.metrics]).to.deep.equal(['mean_squared_error', ['mae']]);
      const without = openZip(await saveKerasModel(model, { includeOptimizer: false }));
      expect(json(without.read('config.json')).compile_config).to.deep.equal({});
    }));
});

for (const backend of ownBackends) {
  describe(`saveKerasModel: made here, saved and loaded, on ${backend}`, () => {
    useBackend(backend);
    const cases: [string, () => tf.LayersModel][] = [
      ...Object.entries(javascriptModels).filter(([name]) => name !== 'grouped'),
      ...Array.from({ length: 12 }, (_, seed): [string, () => tf.LayersModel] => [
        `random graph, seed ${seed}`,
        () => randomModel(seed),
      ]),
    ];
    for (const [name, make] of cases) {
      it(name, () =>
        withModel(make, async (model) => {
          const expected = outputsOf(model);
          for (const format of ['keras', 'h5'] as const) {
            const again = await loadKerasModel(await saveKerasModel(model, { format }), quiet);
            expectClose(outputsOf(again), expected, format);
            const weights = await saveKerasModel(model, { format: 'weights.h5' });
            tf.tidy(() => {
              for (const weight of again.weights) weight.write(tf.zerosLike(weight.read()));
            });
            await loadKerasWeights(again, weights, quiet);
            expectClose(outputsOf(again), expected, 'weights.h5');
            again.dispose();
          }
        }),
      );
    }
  });
}

/** Layers of tfjs are loaded as layers of this package, which may fuse other operations. */
function expectClose(found: readonly Float32Array[], expected: readonly Float32Array[], what: string): void {
  expect(found.length, what).to.equal(expected.length);
  expected.forEach((values, i) => {
    const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
    const worst = values.reduce((most, value, at) => Math.max(most, Math.abs(value - found[i][at])), 0);
    expect(worst / scale, what).to.be.below(1e-5);
  });
}

describe('saveKerasModel: how it goes', () => {
  useBackend('convnet-cpu');

  it('tells how far it is, and ends at 1', () =>
    withModel(nestedModel, async (model) => {
      const fractions: number[] = [];
      await saveKerasModel(model, { onProgress: (fraction) => fractions.push(fraction) });
      expect(fractions.at(-1)).to.equal(1);
      expect([...fractions].sort((a, b) => a - b)).to.deep.equal(fractions);
    }));

  it('stops when its signal is aborted', () =>
    withModel(nestedModel, async (model) => {
      const controller = new AbortController();
      const onProgress = () => controller.abort(new Error('enough'));
      const { message } = await failure(saveKerasModel(model, { signal: controller.signal, onProgress }));
      expect(message).to.equal('enough');
    }));

  it('changes nothing', () =>
    withModel(nestedModel, async (model) => {
      const before = JSON.stringify([model.toJSON(null, false), outputsOf(model)]);
      for (const format of kerasFormats) await saveKerasModel(model, { format });
      expect(JSON.stringify([model.toJSON(null, false), outputsOf(model)])).to.equal(before);
    }));
});

describe('saveKerasModel: what it refuses', () => {
  useBackend('convnet-cpu');

  const unwritable: readonly [string, () => tf.LayersModel, string][] = [
    [
      'a layer that Keras 3 has not',
      () => one(tf.layers.randomWidth({ factor: 0.1, name: 'gone' }), [4, 4, 3]),
      "'gone'",
    ],
  ];
  for (const [what, make, name] of unwritable) {
    it(what, () =>
      withModel(make, async (model) => {
        for (const format of ['keras', 'h5'] as const) {
          const { message } = await failure(saveKerasModel(model, { format }));
          expect(message).to.include(name).and.include('has no form in Keras files');
        }
      }),
    );
  }

  it("not Keras 2's hard_sigmoid, which comes back", () =>
    withModel(
      () => one(tf.layers.activation({ activation: 'hardSigmoid', name: 'old' })),
      async (model) => {
        const x = tf.tensor2d([[-3, 0.5, 2]]);
        const [expected] = [model.predict(x)].flat();
        for (const format of ['keras', 'h5'] as const) {
          const again = await loadKerasModel(await saveKerasModel(model, { format }));
          const [y] = [again.predict(x)].flat();
          expect([...y.dataSync()]).to.deep.equal([...expected.dataSync()]);
          y.dispose();
          again.dispose();
        }
        tf.dispose([x, expected]);
      },
    ));

  it('a destination that this environment lacks, an unknown format, and what is no model', () =>
    withModel(nestedModel, async (model) => {
      const place = nodeMajor() > 0 ? { download: 'a.keras' } : { path: 'a.keras' };
      expect((await failure(saveKerasModel(model, place))).message).to.include("'a.keras'");
      expect((await failure(saveKerasModel(model, { format: 'zip' as never }))).message).to.include("format='zip'");
      expect((await failure(saveKerasModel({} as never))).message).to.include('must be a tf.LayersModel');
    }));
});

function one(layer: tf.layers.Layer, shape: number[] = [3]): tf.LayersModel {
  const x = tf.input({ shape });
  return tf.model({ inputs: x, outputs: layer.apply(x) as tf.SymbolicTensor });
}

async function failure(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => {
      throw new Error('an error is expected');
    },
    (error: Error) => error,
  );
}
