// How a model was compiled, in a model.json: as TensorFlow.js's model.save() writes it, and as a folder that was made of a
// Keras file has it.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { makeTfjsFiles } from '../../../src/keras/save/tfjs/tfjsFiles.js';
import { Adam, AdamW, loadKerasModel, SGD, saveKerasModel } from '../../../src/keras.js';
import { dense, sequential } from '../../../src/layers.js';
import { AUC } from '../../../src/training.js';
import { useBackend } from '../../support/backends.js';

/** `isSame` false: the steps differ. Adadelta of TensorFlow.js divides by the mean of squares before the step. */
type Row = [make: () => tf.Optimizer, name: string, config: object, isSame?: false];

const rows: readonly Row[] = [
  [() => tf.train.sgd(0.2), 'SGD', { learning_rate: 0.2, momentum: 0 }],
  [() => tf.train.momentum(0.02, 0.8), 'SGD', { momentum: 0.8, nesterov: false }],
  [() => tf.train.momentum(0.02, 0.8, true), 'SGD', { momentum: 0.8, nesterov: true }],
  [() => tf.train.adam(0.02, 0.8, 0.9, 1e-7), 'Adam', { beta_1: 0.8, beta_2: 0.9, epsilon: 1e-7 }],
  [() => tf.train.rmsprop(0.02, 0.8, 0, 1e-3), 'RMSprop', { rho: 0.8, momentum: 0, epsilon: 1e-3 }],
  [() => tf.train.rmsprop(0.002, 0.8, 0.3, 1e-12, true), 'RMSprop', { rho: 0.8, momentum: 0.3, centered: true }],
  [() => tf.train.adagrad(0.02, 0.3), 'Adagrad', { initial_accumulator_value: 0.3 }],
  [() => tf.train.adadelta(0.2, 0.8), 'Adadelta', { learning_rate: 0.2, rho: 0.8 }, false],
];

const ofKeras: readonly Row[] = [
  [() => new AdamW({ learningRate: 0.02, weightDecay: 0.3 }), 'AdamW', { weight_decay: 0.3 }],
  [() => new SGD({ learningRate: 0.02, momentum: 0.8 }), 'SGD', { momentum: 0.8 }],
  [() => new Adam({ learningRate: 0.02, useEma: true }), 'Adam', { use_ema: true }],
];

/** A model whose variables have different shapes, after three steps. */
async function trained(make: () => tf.Optimizer) {
  const model = tf.sequential({
    layers: [3, 2].map((units, i) => tf.layers.dense({ units, ...(i === 0 ? { inputShape: [4] } : {}) })),
  });
  tf.tidy(() =>
    model.setWeights(model.getWeights().map((w, k) => tf.sin(tf.reshape(tf.range(k, k + w.size), w.shape)))),
  );
  const optimizer = make();
  model.compile({ optimizer, loss: 'meanSquaredError', metrics: ['mae'] });
  const data = tf.tidy(
    () => [tf.sin(tf.reshape(tf.range(0, 20), [5, 4])), tf.cos(tf.reshape(tf.range(0, 10), [5, 2]))] as const,
  );
  await losses(model, data);
  const free = () => {
    tf.dispose([...data]);
    model.dispose();
    optimizer.dispose();
    (optimizer as { readonly c?: tf.Tensor }).c?.dispose(); // which that of Momentum leaves behind
  };
  return { model, data, free };
}

/** The losses of three steps. */
async function losses(model: tf.LayersModel, [x, y]: readonly [tf.Tensor, tf.Tensor]): Promise<number[]> {
  const found: number[] = [];
  for (let i = 0; i < 3; i++) found.push(([await model.trainOnBatch(x, y)].flat() as number[])[0]);
  return found;
}

function expectSame(found: readonly number[], wanted: readonly number[], isSame = true): void {
  found.forEach((loss, i) => {
    expect(loss, `step ${i}`).to.be.closeTo(wanted[i], (isSame ? 2e-6 : 2e-2) * wanted[i]);
  });
}

describe('a compiled model.json', () => {
  useBackend('convnet-cpu');

  for (const [make, name, config, isSame] of [...rows, ...ofKeras]) {
    it(`of TensorFlow.js with includeOptimizer goes on: ${name} ${JSON.stringify(config)}`, async () => {
      const { model, data, free } = await trained(make);
      const warnings: string[] = [];
      const again = await loadKerasModel(await savedByTfjs(model), { onWarning: (text) => warnings.push(text) });
      expect(again.optimizer.getClassName()).to.equal(name);
      expect(again.optimizer.getConfig()).to.deep.include(config);
      const before = [model.evaluate(...data)].flat() as tf.Scalar[];
      const after = [again.evaluate(...data)].flat() as tf.Scalar[];
      expect(after).to.have.length(2);
      after.forEach((value, i) => {
        expect(value.dataSync()[0]).to.be.closeTo(before[i].dataSync()[0], 1e-6);
      });
      tf.dispose([before, after]);
      expectSame(await losses(again, data), await losses(model, data), isSame);
      expect(again.optimizer.iterations).to.equal(6);
      expect(warnings).to.deep.equal([]);
      free();
      again.dispose();
    });
  }

  it('whose state is of another model: the state is left out, with a warning', async () => {
    const { model, data, free } = await trained(() => tf.train.adam(0.02));
    const [{ name, bytes }, weights] = await savedByTfjs(model);
    for (const [from, to] of [
      ['_Dense[0-9]+/kernel/m', '_other/kernel/m'],
      ['"shape":\\[4,3\\],"dtype":"float32","group"', '"shape":[3,4],"dtype":"float32","group"'],
    ]) {
      const text = new TextDecoder().decode(bytes).replace(new RegExp(from), to);
      const warnings: string[] = [];
      const onWarning = (warning: string) => warnings.push(warning);
      const again = await loadKerasModel([{ name, bytes: new TextEncoder().encode(text) }, weights], { onWarning });
      await losses(again, data);
      expect(again.optimizer.iterations).to.equal(3);
      expect(warnings).to.have.length(1);
      expect(warnings[0]).to.match(/^the optimizer's state is left out: '.*kernel.*' (is not in|has the shape)/);
      again.dispose();
    }
    free();
  });

  it('of a Keras file is that of the file, and TensorFlow.js passes over it', async () => {
    const model = sequential({ layers: [dense({ units: 2, activation: 'softmax', inputShape: [3] })] });
    const optimizer = new AdamW({ learningRate: 0.02, weightDecay: 0.3 });
    const auc = new AUC({ numThresholds: 20 });
    model.compile({ optimizer, loss: 'categorical_crossentropy', metrics: ['accuracy', auc] });
    const { files } = await makeTfjsFiles(model);
    const folder = await loadKerasModel(files);
    expect(folder.optimizer.getConfig()).to.deep.include({ weight_decay: 0.3 });
    const again = await loadKerasModel(await saveKerasModel(folder));
    expect(again.optimizer.getConfig()).to.deep.equal(optimizer.getConfig());
    const [x, y] = [tf.ones([4, 3]), tf.tensor2d([1, 0, 0, 1, 0, 1, 1, 0], [4, 2])];
    const [first, last] = [model, again].map((each) => [each.evaluate(x, y)].flat() as tf.Scalar[]);
    expect(last.map((value) => value.dataSync()[0])).to.deep.equal(first.map((value) => value.dataSync()[0]));
    const uncompiled = await loadKerasModel(files, { compile: false });
    expect(uncompiled.optimizer).to.equal(undefined);
    tf.dispose([x, y, first, last]);
    for (const each of [model, folder, again, uncompiled]) each.dispose();
    for (const each of [optimizer, auc]) each.dispose();
  });

  it('with arguments that are none leaves the model uncompiled, with a warning', async () => {
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] });
    for (const optimizer_config of [null, 7, { class_name: 'Adam' }, { class_name: 'Own', config: {} }]) {
      const files = await savedByTfjs(model, { loss: 'mean_squared_error', metrics: [], optimizer_config });
      const warnings: string[] = [];
      const again = await loadKerasModel(files, { onWarning: (text) => warnings.push(text) });
      expect(again.optimizer, JSON.stringify(optimizer_config)).to.equal(undefined);
      expect(warnings).to.have.length(optimizer_config === null ? 0 : 1);
      again.dispose();
    }
    model.dispose();
  });
});

describe('the state of an optimizer of TensorFlow.js, in files of Keras', () => {
  useBackend('convnet-cpu');

  for (const format of ['keras', 'h5'] as const) {
    for (const [make, name, config, isSame] of rows) {
      it(`${format}: ${name} ${JSON.stringify(config)}`, async () => {
        const { model, data, free } = await trained(make);
        const again = await loadKerasModel(await saveKerasModel(model, { format }));
        const { learning_rate: _, ...others } = again.optimizer.getConfig(); // files have it in float32
        const { learning_rate: __, ...wanted } = config as { learning_rate?: number };
        expect(others).to.deep.include(wanted);
        expectSame(await losses(again, data), await losses(model, data), isSame);
        expect(again.optimizer.iterations).to.equal(6);
        free();
        again.dispose();
      });
    }
  }

  it('of Adamax, which TensorFlow.js does not tell, is left out with a warning', async () => {
    const { model, free } = await trained(() => tf.train.adamax(0.02));
    const { warn } = console;
    const warnings: string[] = [];
    console.warn = (text: string) => warnings.push(text);
    try {
      const again = await loadKerasModel(await saveKerasModel(model));
      expect(again.optimizer.getClassName()).to.equal('Adamax');
      again.dispose();
    } finally {
      console.warn = warn;
    }
    expect(warnings[0]).to.include("the optimizer's state is left out").and.to.include('Adamax');
    free();
  });
});

/** The files that `model.save('downloads://model', { includeOptimizer: true })` gives. */
async function savedByTfjs(model: tf.LayersModel, trainingConfig?: object) {
  let artifacts: tf.io.ModelArtifacts = {};
  const handler = tf.io.withSaveHandler(async (given) => {
    artifacts = given;
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
  });
  tf.engine().startScope(); // TensorFlow.js leaves the number of steps behind
  await model.save(handler, { includeOptimizer: trainingConfig === undefined });
  tf.engine().endScope();
  const { weightSpecs, weightData, ...others } = { trainingConfig, ...artifacts };
  const json = { ...others, weightsManifest: [{ paths: ['weights.bin'], weights: weightSpecs }] };
  return [
    { name: 'model.json', bytes: new TextEncoder().encode(JSON.stringify(json)) },
    { name: 'weights.bin', bytes: new Uint8Array(weightData as ArrayBuffer) },
  ];
}
