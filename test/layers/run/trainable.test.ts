// `trainable` of models, wrappers and layers: what a model trains. The numbers of weights are those of Keras 3.15 on JAX.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { makeTfjsFiles } from '../../../src/keras/save/tfjs/tfjsFiles.js';
import { loadKerasModel, SGD, saveKerasModel } from '../../../src/keras.js';
import {
  batchNormalization,
  bidirectional,
  dense,
  Input,
  type KerasModel,
  lstm,
  model,
  sequential,
  timeDistributed,
} from '../../../src/layers.js';
import { useBackend } from '../../support/backends.js';
import { rejection } from '../../support/rejection.js';

type Symbol = tf.SymbolicTensor;

/** dense d1, batch normalization bn, dense d2. */
function inner(): KerasModel {
  const x = Input({ shape: [4] });
  const y = batchNormalization({ name: 'bn' }).apply(dense({ units: 5, name: 'd1' }).apply(x) as Symbol) as Symbol;
  return model({ inputs: x, outputs: dense({ units: 2, name: 'd2' }).apply(y) as Symbol, name: 'inner' });
}

function outer(nested: tf.LayersModel): KerasModel {
  const x = Input({ shape: [4] });
  return model({ inputs: x, outputs: dense({ units: 1, name: 'head' }).apply(nested.apply(x) as Symbol) as Symbol });
}

const trained = ({ trainableWeights, nonTrainableWeights }: tf.LayersModel) => [
  trainableWeights.length,
  nonTrainableWeights.length,
];

describe('trainable', () => {
  useBackend('convnet-cpu');

  it('of a model reaches all layers within it, and a layer in it can be unfrozen', () => {
    const nested = inner();
    const net = outer(nested);
    nested.trainable = false;
    expect(nested.layers.map(({ trainable }) => trainable)).to.deep.equal([false, false, false, false]);
    expect(trained(net)).to.deep.equal([2, 8]);
    nested.getLayer('d2').trainable = true;
    expect(trained(net)).to.deep.equal([4, 6]);
    expect(trained(nested), 'of a frozen model itself').to.deep.equal([0, 8]);
    net.trainable = false;
    nested.trainable = true;
    expect(trained(net), 'frozen around a model that is not').to.deep.equal([0, 10]);
    net.trainable = true;
    expect(trained(net)).to.deep.equal([8, 2]);
    net.dispose();
  });

  it('of a wrapper reaches the layers in it, which can be unfrozen alone', () => {
    const x = Input({ shape: [3, 4] });
    const times = timeDistributed({ layer: dense({ units: 2 }) });
    const both = bidirectional({ layer: lstm({ units: 2 }) });
    const net = model({ inputs: x, outputs: [times.apply(x) as Symbol, both.apply(x) as Symbol] });
    expect(trained(net)).to.deep.equal([8, 0]);
    times.trainable = false;
    both.trainable = false;
    expect(trained(net)).to.deep.equal([0, 8]);
    times.layer.trainable = true;
    expect([times.trainableWeights.length, ...trained(net)]).to.deep.equal([0, 2, 6]);
    both.forwardLayer.trainable = true;
    expect(trained(net)).to.deep.equal([5, 3]);
    net.dispose();
  });

  it('of a Sequential model and of a layer made frozen', () => {
    const net = sequential({
      layers: [dense({ units: 2, trainable: false, inputShape: [4] }), dense({ units: 1 })],
    });
    expect(trained(net)).to.deep.equal([2, 2]);
    net.trainable = false;
    net.layers[1].trainable = true;
    expect(trained(net)).to.deep.equal([0, 4]);
    net.trainable = true;
    expect(trained(net)).to.deep.equal([4, 0]);
    net.dispose();
  });

  it('counts from the next fit on, without compile() and without a warning', async () => {
    const net = outer(inner());
    const [x, y] = [tf.randomUniform([8, 4], 0, 1, 'float32', 3), tf.ones([8, 1])];
    const changed = async () => {
      const before = net.weights.map((weight) => ({ weight, values: weight.read().dataSync().slice() }));
      await net.fit(x, y, { epochs: 1, verbose: 0 });
      return before.filter(({ weight, values }) =>
        weight
          .read()
          .dataSync()
          .some((value, i) => value !== values[i]),
      ).length;
    };
    const { warn } = console;
    const warnings: unknown[] = [];
    console.warn = (...args: unknown[]) => void warnings.push(args);
    try {
      net.compile({ optimizer: new SGD({ learningRate: 0.05, momentum: 0.9 }), loss: 'meanSquaredError' });
      expect(await changed()).to.be.within(9, 10); // d1's bias has no gradient in front of a batch normalization
      net.getLayer('inner').trainable = false;
      expect(await changed(), 'frozen, with the statistics').to.equal(2);
      net.trainable = false;
      expect(await changed()).to.equal(0);
      net.trainable = true;
      expect(await changed()).to.be.within(9, 10);
      expect(warnings).to.deep.equal([]);
    } finally {
      console.warn = warn;
    }
    tf.dispose([x, y]);
    net.optimizer.dispose();
    net.dispose();
  });

  it('is an error for an optimizer of TensorFlow.js that would mix up its state, until compile()', async () => {
    const net = outer(inner());
    const [x, y] = [tf.randomUniform([8, 4], 0, 1, 'float32', 3), tf.ones([8, 1])];
    const d2 = (net.getLayer('inner') as tf.LayersModel).getLayer('d2');
    net.compile({ optimizer: tf.train.adam(0.01), loss: 'meanSquaredError' });
    d2.trainable = false; // it follows before its first step
    const before = d2.weights[0].read().dataSync().slice();
    await net.fit(x, y, { epochs: 1, verbose: 0 });
    expect([...d2.weights[0].read().dataSync()]).to.deep.equal([...before]);
    net.getLayer('head').trainable = false;
    expect(String(await rejection(net.trainOnBatch(x, y)))).to.include('compile the model again');
    net.optimizer.dispose();
    net.compile({ optimizer: tf.train.sgd(0.05), loss: 'meanSquaredError' });
    await net.fit(x, y, { epochs: 1, verbose: 0 });
    d2.trainable = true; // plain descent has no state
    await net.fit(x, y, { epochs: 1, verbose: 0 });
    expect([...d2.weights[0].read().dataSync()]).not.to.deep.equal([...before]);
    tf.dispose([x, y]);
    net.optimizer.dispose();
    net.dispose();
  });

  it('is kept by files for each layer, and a frozen model of TensorFlow.js freezes all in it there too', async () => {
    const nested = inner();
    nested.trainable = false;
    nested.getLayer('d2').trainable = true;
    const official = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [4] })] });
    official.trainable = false;
    for (const [net, count] of [
      [outer(nested), 4],
      [outer(official), 2],
    ] as const) {
      expect(net.trainableWeights.length).to.equal(count);
      for (const format of ['keras', 'h5'] as const) {
        const again = await loadKerasModel(await saveKerasModel(net, { format }));
        expect(again.trainableWeights.length, format).to.equal(count);
        again.dispose();
      }
      const { files } = await makeTfjsFiles(net, {});
      const again = await loadKerasModel(files);
      expect(again.trainableWeights.length, 'model.json').to.equal(count);
      again.dispose();
      net.dispose();
    }
  });
});
