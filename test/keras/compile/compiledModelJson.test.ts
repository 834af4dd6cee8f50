// How a model was compiled, in a model.json: as TensorFlow.js's model.save() writes it, and as a folder that was made of a
// Keras file has it.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { makeTfjsFiles } from '../../../src/keras/save/tfjs/tfjsFiles.js';
import { AdamW, loadKerasModel, saveKerasModel } from '../../../src/keras.js';
import { dense, sequential } from '../../../src/layers.js';
import { AUC } from '../../../src/training.js';
import { useBackend } from '../../support/backends.js';

const noState = "the optimizer's state is left out: it is that of TensorFlow.js's own";

describe('a compiled model.json', () => {
  useBackend('convnet-cpu');

  const optimizers: [make: () => tf.Optimizer, name: string, config: object, warnings: string[]][] = [
    [() => tf.train.sgd(0.2), 'SGD', { learning_rate: 0.2, momentum: 0 }, []],
    [() => tf.train.momentum(0.2, 0.8, true), 'SGD', { momentum: 0.8, nesterov: true }, [noState]],
    [() => tf.train.adam(0.02, 0.8, 0.9, 1e-3), 'Adam', { beta_1: 0.8, beta_2: 0.9, epsilon: 1e-3 }, [noState]],
    [
      () => tf.train.rmsprop(0.02, 0.8, 0.3, 1e-3, true),
      'RMSprop',
      { rho: 0.8, momentum: 0.3, centered: true },
      [noState],
    ],
    [() => tf.train.adagrad(0.02, 0.3), 'Adagrad', { initial_accumulator_value: 0.3 }, [noState]],
    [() => tf.train.adadelta(0.02, 0.8), 'Adadelta', { learning_rate: 0.02, rho: 0.8 }, [noState]],
    [() => new AdamW({ learningRate: 0.02, weightDecay: 0.3 }), 'AdamW', { weight_decay: 0.3 }, [noState]],
  ];
  for (const [make, name, config, wanted] of optimizers) {
    it(`of TensorFlow.js with includeOptimizer: ${name} ${JSON.stringify(config)}`, async () => {
      const model = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] });
      const optimizer = make();
      model.compile({ optimizer, loss: 'meanSquaredError', metrics: ['mae'] });
      const [x, y] = [tf.ones([4, 3]), tf.zeros([4, 2])];
      await model.trainOnBatch(x, y);
      const warnings: string[] = [];
      const again = await loadKerasModel(await savedByTfjs(model), { onWarning: (text) => warnings.push(text) });
      expect(warnings).to.deep.equal(wanted);
      expect(again.optimizer.getClassName()).to.equal(name);
      expect(again.optimizer.getConfig()).to.deep.include(config);
      const before = [model.evaluate(x, y)].flat() as tf.Scalar[];
      const after = [again.evaluate(x, y)].flat() as tf.Scalar[];
      expect(after).to.have.length(2);
      after.forEach((value, i) => {
        expect(value.dataSync()[0]).to.be.closeTo(before[i].dataSync()[0], 1e-6);
      });
      tf.dispose([x, y, before, after]);
      model.dispose();
      optimizer.dispose();
      (optimizer as { readonly c?: tf.Tensor }).c?.dispose(); // which that of Momentum leaves behind
      again.dispose();
    });
  }

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
