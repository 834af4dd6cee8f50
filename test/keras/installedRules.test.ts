// tf.loadLayersModel after installKerasLayers(): masks, options and states of a model.json go where Keras's rules say.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { makeTfjsFiles } from '../../src/keras/save/tfjs/tfjsFiles.js';
import * as keras from '../../src/layers.js';
import { useBackend } from '../support/backends.js';
import { expectClose } from '../support/keras/predictions.js';

type Symbols = tf.SymbolicTensor;
interface Case {
  readonly inputs: Symbols[];
  readonly outputs: unknown;
}

const words = () => tf.input({ shape: [5] });
const embed = (x: Symbols) => keras.embedding({ inputDim: 5, outputDim: 3, maskZero: true }).apply(x) as Symbols;
const lstm = (x: unknown, kwargs?: object) => keras.lstm({ units: 2 }).apply(x as Symbols, kwargs as never);
const attention = () => keras.multiHeadAttention({ numHeads: 1, keyDim: 2 });

/** Models in which TensorFlow.js's own executor loses a mask, an option or a state, or takes another one. */
const cases: Readonly<Record<string, () => Case>> = {
  'masks of two branches': () => {
    const [a, b] = [words(), words()];
    return { inputs: [a, b], outputs: lstm(keras.add().apply([embed(a), embed(b)])) };
  },
  'a mask that a convolution stops': () => {
    const x = words();
    return { inputs: [x], outputs: lstm(keras.conv1d({ filters: 2, kernelSize: 1 }).apply(embed(x))) };
  },
  'a mask from a nested model': () => {
    const [inside, x] = [words(), words()];
    return { inputs: [x], outputs: lstm(keras.model({ inputs: inside, outputs: embed(inside) }).apply(x)) };
  },
  'a causal attention': () => {
    const x = words();
    const y = embed(x);
    return { inputs: [x], outputs: attention().apply([y, y], { useCausalMask: true }) };
  },
  'scores of an attention': () => {
    const x = words();
    const y = embed(x);
    return { inputs: [x], outputs: attention().apply([y, y], { returnAttentionScores: true }) };
  },
  'a state given as a tensor': () => {
    const [x, state] = [words(), tf.input({ shape: [2] })];
    return { inputs: [x, state], outputs: keras.gru({ units: 2 }).apply([embed(x), state]) };
  },
  'dropout that the call asks for': () => {
    const x = tf.input({ shape: [50] });
    return { inputs: [x], outputs: keras.dropout({ rate: 0.5, seed: 1 }).apply(x, { training: true }) };
  },
};

/** Tokens with zeros at their ends; another pattern for each input. */
function feed({ shape }: Symbols, index: number): tf.Tensor {
  const size = shape[1] as number;
  const values = Array.from({ length: 2 * size }, (_, i) =>
    i % size < 4 - index - Math.floor(i / size) ? 1 + (i % 4) : 0,
  );
  return tf.tensor(values, [2, size]);
}

async function load(model: tf.LayersModel): Promise<tf.LayersModel> {
  const { files } = await makeTfjsFiles(model);
  const bytesOf = (isJson: boolean) =>
    files.filter(({ name }) => name.endsWith('.json') === isJson).map((file) => file.bytes);
  const { modelTopology, weightsManifest } = JSON.parse(new TextDecoder().decode(bytesOf(true)[0]));
  const weightSpecs = weightsManifest.flatMap(({ weights }: { weights: tf.io.WeightsManifestEntry[] }) => weights);
  const weightData = Uint8Array.from(bytesOf(false).flatMap((bytes) => [...bytes])).buffer;
  return tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
}

function predict(model: tf.LayersModel): number[] {
  return tf.tidy(() => {
    const outputs = [model.predict(model.inputs.map(feed))].flat();
    return outputs.flatMap((output) => [...output.dataSync()]);
  });
}

function outputsOf(model: tf.LayersModel, x: tf.Tensor): number[][] {
  return tf.tidy(() => [model.predict(x)].flat().map((output) => [...output.dataSync()]));
}

describe('tf.loadLayersModel after installKerasLayers', () => {
  useBackend('convnet-cpu');
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  const official = { ...classNameMap };
  before(() => keras.installKerasLayers());
  after(() => {
    for (const name of Object.keys(classNameMap)) delete classNameMap[name];
    Object.assign(classNameMap, official);
  });

  for (const [name, make] of Object.entries(cases)) {
    it(`${name}: as the model predicted before`, async () => {
      const model = keras.model(make() as never);
      const expected = predict(model);
      expect(Math.max(...expected.map(Math.abs))).to.be.above(0);
      const loaded = await load(model);
      expect(loaded).to.be.instanceOf(tf.LayersModel);
      expectClose(predict(loaded), expected, 1e-6, name);
      loaded.dispose();
      model.dispose();
    });
  }

  it('weights of models within wrappers, whose layers share their names', async () => {
    const inside = (units: number) =>
      keras.sequential({ layers: [keras.dense({ units, name: 'd', inputShape: [3] })] });
    const [one, two] = ['one', 'two'].map((name, i) => keras.timeDistributed({ layer: inside(i + 1), name }));
    const x = tf.input({ shape: [5, 3] });
    const model = keras.model({ inputs: x, outputs: [one.apply(x), two.apply(x)] as Symbols[] });
    const data = tf.randomUniform([2, 5, 3]);
    const expected = outputsOf(model, data);
    const loaded = await load(model);
    expect(outputsOf(loaded, data)).to.deep.equal(expected);
    data.dispose();
    loaded.dispose();
    model.dispose();
  });

  for (const [version, keepsState] of [
    ['2.15.0', true],
    ['3.15.1', false],
  ] as const) {
    // In a model of tf.keras the call's `training` counts, in one of Keras 3 that of predict().
    it(`the rules of the version that wrote the file: ${version}`, async () => {
      const { FunctionalModel } = await import('../../src/layers/run/kerasModel.js');
      const { rulesOf } = await import('../../src/layers/run/kerasRules.js');
      const x = tf.input({ shape: [50] });
      const y = keras.dropout({ rate: 0.5, seed: 1 }).apply(x, { training: true }) as Symbols;
      const inner = keras.timeDistributed({ layer: keras.batchNormalization({ momentum: 0.5 }) });
      const outputs = inner.apply(keras.reshape({ targetShape: [2, 25] }).apply(y)) as Symbols;
      const model = new FunctionalModel({ inputs: x, outputs }, rulesOf(version)) as unknown as keras.Model;
      const loaded = (await load(model)) as keras.Model;
      expect((loaded as unknown as { rules: { version: string } }).rules.version).to.equal(version);
      const ones = tf.ones([1, 50]);
      const isRandom = (one: keras.Model) => tf.tidy(() => new Set(one.predict<tf.Tensor>(ones).dataSync()).size > 1);
      expect([isRandom(model), isRandom(loaded)]).to.deep.equal([keepsState, keepsState]);
      tf.dispose(ones);
      loaded.dispose();
      model.dispose();
    });
  }

  it('a Sequential model trains in the loop of this package', async () => {
    const model = keras.sequential({ layers: [keras.dense({ units: 1, inputShape: [3] })] });
    const loaded = await load(model);
    loaded.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const [x, y] = [tf.ones([6, 3]), tf.ones([6, 1])];
    const { history } = await loaded.fit(x, y, { epochs: 2, verbose: 0 });
    expect(history.loss[1]).to.be.below(history.loss[0] as number);
    loaded.optimizer.dispose();
    loaded.dispose();
    model.dispose();
    tf.dispose([x, y]);
  });

  it('masks given as tensors, and keys of inputs and outputs', async () => {
    const [x, mask] = [words(), tf.input({ shape: [5], dtype: 'bool', name: 'the_mask_1' })];
    const inputs = { words: x, mask };
    const model = keras.model({ inputs, outputs: { q_1: lstm(embed(x), { mask }) as tf.SymbolicTensor } });
    const loaded = (await load(model)) as keras.Model;
    tf.tidy(() => {
      const data = { words: tf.tensor([[1, 2, 3, 4, 1]]), mask: tf.tensor([[1, 1, 0, 0, 0]], undefined, 'bool') };
      const [a, b] = [model, loaded].map((one) => one.predict<{ q_1: tf.Tensor }>(data).q_1.dataSync());
      expect(b).to.deep.equal(a);
      const all = { ...data, mask: tf.onesLike(data.mask) };
      expect(loaded.predict<{ q_1: tf.Tensor }>(all).q_1.dataSync()).not.to.deep.equal(b);
    });
    loaded.dispose();
    model.dispose();
  });

  it('configs whose classes or tensors are unknown are errors', () => {
    const { fromConfig } = keras.Model as unknown as { fromConfig(cls: unknown, config: object): unknown };
    const entry = { name: 'a', className: 'ReLU', config: {}, inboundNodes: [[['b', 0, 0]]] };
    const config = (layer: object) => ({ layers: [layer], inputLayers: [], outputLayers: [] });
    expect(() => fromConfig(keras.Model, config(entry))).to.throw(
      'fromConfig: these layers wait for tensors that no layer makes. Received: a',
    );
    expect(() => fromConfig(keras.Model, config({ ...entry, className: 'None' }))).to.throw('Unknown layer: None');
    const missing = { ...config({ ...entry, inboundNodes: [] }), outputLayers: [['a', 0, 0]] };
    expect(() => fromConfig(keras.Model, missing)).to.throw(
      "fromConfig: outputs must be tensors of the layers. Received: ('a', 0, 0)",
    );
  });
});
