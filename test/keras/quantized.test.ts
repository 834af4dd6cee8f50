// Models that Keras has quantised: loadKerasModel.test.ts and loadKerasWeights.test.ts compare predictions with those of
// the expanded weights in Keras. This file has the distance to Keras's own predictions, and what comes of such a model.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { ownState } from '../../src/keras/weights/ownState.js';
import { roundToBfloat16, roundToE4m3 } from '../../src/keras/weights/quantized/expandFloat8.js';
import { expandState } from '../../src/keras/weights/quantized/expandLayer.js';
import { expandWeights, nameValues } from '../../src/keras/weights/quantized/expandWeights.js';
import { signedBits, unpackAlong } from '../../src/keras/weights/quantized/int4.js';
import { type StoredValue, storedFloats } from '../../src/keras/weights/storedValue.js';
import { KerasFileError, loadKerasModel, loadKerasWeights, saveKerasModel } from '../../src/keras.js';
import type { KerasLayer } from '../../src/layers/base/kerasLayer.js';
import { Dense, type DenseArgs } from '../../src/layers/core/dense.js';
import { Embedding } from '../../src/layers/core/embedding.js';
import { ReversibleEmbedding } from '../../src/layers/core/reversibleEmbedding.js';
import { useBackend } from '../support/backends.js';
import { factsOf, fixtureFile, fixtures } from '../support/keras/fixtureFiles.js';
import { expectPredictions, inputTensor } from '../support/keras/predictions.js';

const newest = '3.15.1';
const quantized = fixtures.filter(({ name, kind }) => name.startsWith('quantized_') && kind === 'model');

/**
 * How far Keras's predictions may lie from those of float inputs, relative to the largest output. Keras rounds the
 * inputs of int8 layers to 127 steps and those of float8 layers to 3 bits. From 3.14 on it does not round those of int4.
 */
function boundOf({ name, version }: { name: string; version: string }): number {
  if (/float8/.test(name)) return 0.15;
  const roundsInputs = /int8|lora/.test(name) || (/int4/.test(name) && version === '3.12.4');
  return roundsInputs ? 0.01 : 1e-5;
}

describe('quantised models', () => {
  useBackend('cpu');

  for (const { version, name, files } of quantized) {
    for (const file of Object.values(files)
      .flat()
      .filter((each) => !each.endsWith('.weights.h5'))) {
      it(`Keras ${version}: ${file} predicts what Keras's own layers do, but for the rounding of inputs`, async () => {
        const facts = await factsOf({ version, name });
        const model = await loadKerasModel(await fixtureFile(version, file));
        expectPredictions(
          model,
          { ...facts, outputs: facts.quantizedOutputs ?? [] },
          { tolerance: boundOf({ name, version }) },
        );
        model.dispose();
      });
    }
  }

  it('are float models when they are saved', async () => {
    const facts = await factsOf({ version: newest, name: 'quantized_int4_blocks' });
    const model = await loadKerasModel(await fixtureFile(newest, 'quantized_int4_blocks.keras'));
    const wide = (model.getLayer('wide') as KerasLayer).getKerasConfig();
    expect(wide.quantization_config).to.equal(null);
    expect(wide.dtype).to.deep.include({ config: { name: 'float32' } });
    for (const format of ['keras', 'h5'] as const) {
      const again = await loadKerasModel(await saveKerasModel(model, { format }));
      expectPredictions(again, facts);
      again.dispose();
    }
    model.dispose();
  });

  // test/keras/graphs.node.test.ts compares such training with that of Keras.
  for (const [name, moves] of [
    ['quantized_int8', false],
    ['quantized_int4_blocks', false],
    ['quantized_float8', true],
  ] as const) {
    it(`${name} can be trained${moves ? '' : ', and its integers stay'}; saved, it trains all weights`, async () => {
      const model = await loadKerasModel(await fixtureFile(newest, `${name}.keras`));
      const { inputs, outputs } = await factsOf({ version: newest, name });
      const [x, y] = [inputTensor(inputs[0]), tf.ones([...outputs[0].shape])];
      const optimizer = tf.train.sgd(0.05);
      model.compile({ optimizer, loss: 'meanSquaredError' });
      const layer = model.layers.find((each) => each instanceof Dense) as Dense;
      const [kernel, bias] = layer.variables;
      const values = () => [kernel, bias].map((weight) => weight.read().dataSync().slice());
      const before = values();
      const { history } = await model.fit(x, y, { epochs: 3, verbose: 0 });
      const after = values();
      expect(history.loss[2]).to.be.below(history.loss[0] as number);
      expect(after[1]).to.not.deep.equal(before[1]);
      if (moves) expect(after[0]).to.not.deep.equal(before[0]);
      else expect(after[0]).to.deep.equal(before[0]);
      const again = await loadKerasModel(await saveKerasModel(model, { format: 'keras' }), { compile: false });
      const all = again.weights.filter(({ name: each }) => !/moving_/.test(each));
      expect(again.trainableWeights.length).to.equal(all.length);
      for (const each of [model, again]) each.dispose();
      optimizer.dispose();
      tf.dispose([x, y]);
    });
  }

  it('a layer that is made with a quantised policy freezes its kernel, also once it was frozen as a whole', () => {
    const layer = new Dense({ units: 2, dtype: 'int8_from_float32', trainable: false });
    layer.build([null, 3]);
    layer.trainable = true;
    expect(layer.trainableWeights.map(({ originalName }) => originalName)).to.deep.equal(['bias']);
    layer.enableLora(1);
    expect(layer.trainableWeights.length).to.equal(3);
    for (const weight of layer.weights) weight.dispose();
  });

  it('GPTQ of Keras 3.15 in .keras lacks zero points, which the error says', async () => {
    const file = await fixtureFile(newest, 'quantized_gptq_incomplete.keras');
    const error = await loadKerasModel(file).then(
      () => null,
      (reason) => reason as Error,
    );
    expect(error).to.be.instanceOf(KerasFileError);
    expect(error?.message).to.include('zero points').and.to.include('.h5');
  });

  it('their weights load into a float model of the same layers, and float weights into theirs', async () => {
    const model = tf.sequential({ layers: [new Dense({ units: 2, inputShape: [3] })] });
    const twin = tf.sequential({ layers: [new Dense({ units: 2, inputShape: [3], dtype: 'int8_from_float32' })] });
    await loadKerasWeights(twin, await saveKerasModel(model, { format: 'weights.h5' }));
    const kernelOf = (each: tf.LayersModel) => (each.layers[0] as Dense).variables[0].read().dataSync();
    const [a, b] = [model, twin].map(kernelOf);
    expect(b).to.deep.equal(a);
    model.dispose();
    twin.dispose();
  });
});

describe('expansion of quantised weights', () => {
  useBackend('cpu');

  const value = (dtype: string, shape: number[], numbers: number[]): StoredValue => {
    return { ...storedFloats(`test/${dtype}`, shape, () => Float32Array.from(numbers)), dtype };
  };

  /** The kernel of a built Dense layer, out of stored values in Keras's order. */
  function kernelOf(args: DenseArgs, channels: number, values: StoredValue[]): number[] | null {
    const layer = new Dense({ ...args, useBias: false });
    layer.build([null, channels]);
    const names = ['kernel'];
    const named = nameValues(names, layer.quantizable, values);
    const found = named && expandWeights(names, layer.quantizable, named, layer.quantization);
    for (const weight of layer.weights) weight.dispose();
    return found && Array.from(found[0].numbers());
  }

  it('tells int4 from int8 by the policy where packing does not change the shape', () => {
    const values = [value('int8', [2, 1], [13, 3]), value('float32', [1], [2])];
    expect(kernelOf({ units: 1, dtype: 'int4_from_float32' }, 2, values)).to.deep.equal([-1.5, 1.5]);
    expect(kernelOf({ units: 1, dtype: 'int8_from_float32' }, 2, values)).to.deep.equal([6.5, 1.5]);
    expect(kernelOf({ units: 1 }, 2, values)).to.deep.equal([-1.5, 1.5]);
    const wide = [value('int8', [2, 1], [13, 127]), value('float32', [1], [2])];
    expect(kernelOf({ units: 1 }, 2, wide)).to.deep.equal([6.5, 63.5]);
  });

  it('refuses groups without a scale', () => {
    const values = (group: number) => [
      value('int8', [2, 1], [0x21, 0x43]),
      value('float32', [1, 2], [2, 3]),
      value('int8', [1, 2], [1, 0]),
      value('float32', [2], [0, group]),
    ];
    expect(kernelOf({ units: 2 }, 2, values(0.75))).to.deep.equal([0, 6, 4, 12]);
    for (const group of [1, -1, Number.NaN])
      expect(() => kernelOf({ units: 2 }, 2, values(group))).to.throw(KerasFileError);
  });

  it('leaves values of other shapes to the check of shapes', () => {
    const scales = value('float32', [3], [1, 1, 1]);
    expect(kernelOf({ units: 2 }, 2, [value('int8', [2, 2], [1, 2, 3, 4]), scales])).to.equal(null);
    expect(kernelOf({ units: 3 }, 2, [value('int8', [4, 3], Array(12).fill(1)), scales])).to.equal(null);
    expect(kernelOf({ units: 3 }, 2, [value('int16', [2, 3], Array(6).fill(1)), scales])).to.equal(null);
  });

  it('unpacks along any axis, an odd one too', () => {
    expect([...unpackAlong([45, -121, 1, 0], [3, 2], 0, signedBits)]).to.deep.equal([-3, 7, 2, -8, 1, 0]);
    expect([...unpackAlong([125, 2, 24, 0], [2, 3], 1, signedBits)]).to.deep.equal([-3, 7, 2, -8, 1, 0]);
  });

  it('rounds to e4m3 and bfloat16, ties to even', () => {
    const rounded = [0, 1.0625, 1.1875, -0.3, 500, -1000, 2 ** -9, 2 ** -10, 3 * 2 ** -10].map(roundToE4m3);
    expect(rounded).to.deep.equal([0, 1, 1.25, -0.3125, 448, -448, 2 ** -9, 0, 2 ** -8]);
    const bias = value('float32', [3], [1 + 2 ** -8, 1 + 3 * 2 ** -8, -Math.PI]);
    expect([...roundToBfloat16(bias)]).to.deep.equal([1, 1 + 2 ** -6, -3.140625]);
  });

  it('refuses a quantised policy that nobody knows', () => {
    const make = (dtype: string) => new Embedding({ inputDim: 2, outputDim: 2, dtype });
    expect(() => make('int7_from_float32')).to.throw('Cannot interpret');
    expect(() => make('int8_from_nothing')).to.throw('Cannot interpret');
    expect(make('int4/-1_from_mixed_bfloat16').dtypePolicy.name).to.equal('mixed_bfloat16');
  });

  it('names the values of a file, between which the factors of LoRA may have been made', () => {
    const layer = new ReversibleEmbedding({ inputDim: 3, outputDim: 2, tieWeights: false, loraRank: 1 });
    layer.build([null, 4]);
    const values = [
      value('int8', [3, 2], [1, 2, 3, 4, 5, 6]),
      value('float32', [3], [1, 2, 4]),
      value('int8', [2, 3], [6, 5, 4, 3, 2, 1]),
      value('float32', [3], [1, 2, 1]),
    ];
    const expanded = expandState(layer, values).map((one) => Array.from(one.numbers()));
    expect(ownState(layer).names).to.deep.equal(['embeddings', 'reverse_embeddings']);
    expect(expanded).to.deep.equal([
      [1, 2, 1.5, 2, 1.25, 1.5],
      [6, 2.5, 4, 3, 1, 1],
    ]);
    for (const weight of layer.variables) weight.dispose();
  });
});
