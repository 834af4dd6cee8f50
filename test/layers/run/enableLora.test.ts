// enableLora(): which layers of a model get LoRA, and what is trained then.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import {
  batchNormalization,
  conv2d,
  dense,
  enableLora,
  globalAveragePooling2d,
  Input,
  model,
  sequential,
  timeDistributed,
} from '../../../src/layers.js';
import { ownBackends, useBackend } from '../../support/backends.js';

/** A nested network with batch normalization, a wrapper, and a head. */
function network() {
  const inner = sequential({
    name: 'base',
    layers: [
      conv2d({ filters: 6, kernelSize: 3, name: 'stem', inputShape: [6, 6, 2] }),
      batchNormalization({ name: 'norm' }),
      conv2d({ filters: 6, kernelSize: 2, name: 'bound', kernelConstraint: 'maxNorm' }),
      conv2d({ filters: 2, kernelSize: 1, name: 'small' }),
    ],
  });
  const x = Input({ shape: [6, 6, 2] });
  const rows = timeDistributed({ layer: dense({ units: 8, name: 'each' }), name: 'rows' });
  const y = rows.apply(inner.apply(x) as tf.SymbolicTensor) as tf.SymbolicTensor;
  const features = globalAveragePooling2d().apply(y) as tf.SymbolicTensor;
  return model({ inputs: x, outputs: dense({ units: 9, name: 'head' }).apply(features) as tf.SymbolicTensor });
}

const picture = () => tf.randomUniform([3, 6, 6, 2], -1, 1, 'float32', 5);
const namesOf = (weights: readonly { readonly originalName: string }[]) =>
  weights.map(({ originalName }) => originalName.replace(/_\d+$/, '').split('/').pop()).sort();
const names = (found: readonly tf.layers.Layer[]) => found.map(({ name }) => name);

for (const backend of ownBackends) {
  describe(`enableLora, ${backend}`, () => {
    useBackend(backend);

    it('adapts what it can, freezes the rest, and changes no output before it is trained', async () => {
      const net = network();
      const predict = () => tf.tidy(() => Array.from((net.predict(picture()) as tf.Tensor).dataSync()));
      const before = predict();
      expect(names(enableLora(net, 1))).to.deep.equal(['stem', 'small', 'each', 'head']);
      expect(predict()).to.deep.equal(before);
      expect(namesOf(net.trainableWeights)).to.deep.equal(
        ['bias', 'lora_kernel_a', 'lora_kernel_b'].flatMap((name) => Array<string>(4).fill(name)),
      );
      const all = net.weights.map((weight) => ({ weight, values: weight.read().dataSync().slice() }));
      const trained = new Set(net.trainableWeights);
      net.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
      const [x, y] = [picture(), tf.ones([3, 9])];
      await net.fit(x, y, { epochs: 2, verbose: 0 });
      for (const { weight, values } of all) {
        const isSame = weight
          .read()
          .dataSync()
          .every((value, i) => value === values[i]);
        expect(isSame, weight.originalName).to.equal(!trained.has(weight));
      }
      tf.dispose([x, y]);
      net.optimizer.dispose();
      net.dispose();
    });
  });
}

describe('enableLora: which layers', () => {
  useBackend('cpu');

  it('takes names, a pattern or a function', () => {
    for (const where of [['stem', 'head'], /^(stem|head)$/, ({ name }: { name: string }) => /stem|head/.test(name)]) {
      const net = network();
      expect(names(enableLora(net, 2, { where, alpha: 4 }))).to.deep.equal(['stem', 'head']);
      expect(net.trainableWeights.length).to.equal(6);
      net.dispose();
    }
  });

  it('leaves the other layers as they are where that is asked for', () => {
    const net = network();
    net.getLayer('base').trainable = false;
    enableLora(net, 1, { where: ['each'], freezeOthers: false });
    expect(namesOf(net.trainableWeights)).to.deep.equal(['bias', 'bias', 'kernel', 'lora_kernel_a', 'lora_kernel_b']);
    net.dispose();
  });

  it('passes over layers whose factors would be no smaller than the kernel, unless they are named', () => {
    const net = network();
    expect(names(enableLora(net, 2))).to.deep.equal(['stem', 'head']);
    expect(names(enableLora(net, 2, { where: ['small'] }))).to.deep.equal(['small']);
    net.dispose();
  });

  it('refuses ranks and choices that fit no layer, and changes nothing then', () => {
    const net = network();
    const count = net.trainableWeights.length;
    expect(() => enableLora(net, 0)).to.throw('rank=0');
    expect(() => enableLora(net, 2, { where: ['bound'] })).to.throw("where=('bound',)");
    expect(() => enableLora(net, 2, { where: ['stem', 'nothing'] })).to.throw("where=('nothing',)");
    expect(() => enableLora(net, 2, { where: /nothing/ })).to.throw('where=');
    expect(net.trainableWeights.length).to.equal(count);
    net.dispose();
  });
});
