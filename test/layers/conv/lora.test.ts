// LoRA of convolution layers: training, saving, and further training of a loaded layer.

import * as tf from '@tensorflow/tfjs';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { expect } from 'chai';
import { Conv1D, Conv2D, type Conv2DArgs, Conv3D } from '../../../src/layers/conv/index.js';
import { tableBackends, useBackend } from '../../support/backends.js';
import { expectNear, pattern } from '../../support/layers/testConvGoldens.js';

const image = [5, 5, 4];

function modelOf(layer: Conv2D): tf.Sequential {
  const model = tf.sequential();
  model.add(layer);
  return model;
}

const newLayer = (args: Partial<Conv2DArgs> = {}) =>
  new Conv2D({ filters: 6, kernelSize: 3, inputShape: image, ...args });

const named = (layer: Conv2D, name: string) =>
  layer.weights.find(({ originalName }) => originalName.endsWith(name)) as unknown as LayerVariable;

const valuesOf = (weight: LayerVariable) => Array.from(weight.read().dataSync());

async function train(model: tf.Sequential, epochs = 2): Promise<void> {
  const optimizer = tf.train.sgd(0.05);
  model.compile({ optimizer, loss: 'meanSquaredError' });
  const x = pattern([4, ...image], 0);
  const y = pattern([4, ...(model.outputShape.slice(1) as number[])], 3);
  await model.fit(x, y, { batchSize: 4, epochs, shuffle: false, verbose: 0 });
  tf.dispose([x, y]);
  optimizer.dispose();
}

const predict = (model: tf.Sequential) =>
  tf.tidy(() => Array.from((model.predict(pattern([2, ...image], 4)) as tf.Tensor).dataSync()));

for (const backend of tableBackends) {
  describe(`LoRA, ${backend}`, () => {
    useBackend(backend);

    for (const args of [{}, { kernelSize: 2, strides: 2, groups: 2 }]) {
      it(`trains a and b only: ${JSON.stringify(args)}`, async () => {
        const layer = newLayer(args);
        const model = modelOf(layer);
        const before = predict(model);
        layer.enableLora(2);
        expect(layer.loraEnabled).to.equal(true);
        expect([layer.trainableWeights.length, layer.nonTrainableWeights.length]).to.deep.equal([3, 1]);
        expect(predict(model), 'outputs after enabling').to.deep.equal(before);
        const [a, b, kernel] = ['lora_kernel_a', 'lora_kernel_b', '/kernel'].map((name) => named(layer, name));
        const [a0, b0, kernel0] = [a, b, kernel].map(valuesOf);
        await train(model);
        expect(valuesOf(a)).not.to.deep.equal(a0);
        expect(valuesOf(b)).not.to.deep.equal(b0);
        expect(valuesOf(kernel)).to.deep.equal(kernel0);
        expect(predict(model)).not.to.deep.equal(before);
        model.dispose();
      });
    }

    it('is merged in what is saved, and trains again after loading', async () => {
      const layer = newLayer({ loraRank: 2, loraAlpha: 3, useBias: true });
      const model = modelOf(layer);
      await train(model);
      const trained = predict(model);
      const state = layer.saveState();
      expect(state.map(({ shape }) => shape)).to.deep.equal([[3, 3, 4, 6], [6]]);

      const plain = newLayer();
      const again = newLayer(layer.getKerasConfig() as Partial<Conv2DArgs>);
      const models = [plain, again].map((loaded) => {
        const model = modelOf(loaded);
        loaded.loadState(state);
        tf.tidy(() => expectNear(tf.tensor1d(predict(model)), trained, loaded.name));
        return model;
      });
      expect(again.loraEnabled).to.equal(true);
      const [a, b] = ['lora_kernel_a', 'lora_kernel_b'].map((name) => named(again, name));
      const [a0, b0] = [a, b].map(valuesOf);
      expect(b0.every((v) => v === 0)).to.equal(true);
      await train(models[1], 3);
      expect(valuesOf(a)).not.to.deep.equal(a0);
      expect(valuesOf(b)).not.to.deep.equal(b0);

      tf.dispose(state);
      for (const made of [model, ...models]) made.dispose();
    });
  });
}

describe('LoRA: numbers and errors', () => {
  useBackend('cpu');

  it('adds alpha / rank * a b', () => {
    const layer = new Conv2D({ filters: 3, kernelSize: 2, loraRank: 2, loraAlpha: 3 });
    layer.build([null, 4, 4, 3]);
    layer.built = true;
    tf.tidy(() => {
      const kernel = tf.reshape(tf.linspace(0, 1, 36), [2, 2, 3, 3]);
      layer.setWeights([tf.zeros([3]), tf.fill([2, 2, 3, 2], 0.1), tf.fill([2, 3], 0.2), kernel]);
      expectNear(layer.kernel, Array.from(tf.add(kernel, 0.06).dataSync()), 'kernel');
    });
    for (const weight of layer.weights) weight.dispose();
  });

  it('has two losses of a regularized kernel', () => {
    const args = { kernelRegularizer: 'l2', activation: 'sigmoid', loraRank: 2 };
    const layer = new Conv2D({ filters: 5, kernelSize: 3, ...args });
    layer.build([2, 5, 5, 4]);
    layer.built = true;
    const losses = layer.calculateLosses();
    expect(losses.length).to.equal(2);
    tf.dispose(losses);
    expect(layer.getKerasConfig()).to.include({ lora_rank: 2, lora_alpha: 2 });
    for (const weight of layer.weights) weight.dispose();
  });

  it('works in one and three dimensions', () => {
    for (const layer of [new Conv1D({ filters: 2, kernelSize: 2 }), new Conv3D({ filters: 2, kernelSize: 2 })]) {
      const rank = layer.config.kernelSize.length;
      const shape = [1, ...Array<number>(rank).fill(3), 2];
      layer.build(shape);
      layer.built = true;
      layer.enableLora(1, { alpha: 2, bInitializer: 'ones' });
      tf.tidy(() => {
        const { kernel } = layer;
        expect(kernel.shape).to.deep.equal([...Array<number>(rank).fill(2), 2, 2]);
        expect((layer.apply(tf.ones(shape)) as tf.Tensor).shape).to.deep.equal([1, ...Array<number>(rank).fill(2), 2]);
      });
      for (const weight of layer.weights) weight.dispose();
    }
  });

  it('refuses what Keras refuses', () => {
    const layer = new Conv2D({ filters: 2, kernelSize: 1 });
    expect(() => layer.enableLora(2)).to.throw("isn't yet built");
    layer.build([1, 2, 2, 2]);
    expect(() => layer.enableLora(0)).to.throw('rank=0');
    layer.enableLora(2);
    expect(() => layer.enableLora(2)).to.throw('lora is already enabled');
    for (const weight of layer.weights) weight.dispose();
    const constrained = new Conv2D({ filters: 2, kernelSize: 1, kernelConstraint: 'non_neg' });
    constrained.build([1, 2, 2, 2]);
    expect(() => constrained.enableLora(2)).to.throw('Lora is incompatible with kernel constraints');
    for (const weight of constrained.weights) weight.dispose();
  });
});
