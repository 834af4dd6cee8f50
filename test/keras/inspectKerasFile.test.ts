// inspectKerasFile on every file, also on those that cannot be loaded.

import { expect } from 'chai';
import { inspectKerasFile } from '../../src/keras.js';
import { useBackend } from '../support/backends.js';
import { factsOf, fixtureFile, fixtures } from '../support/keras/fixtureFiles.js';

const newest = '3.15.1';

describe('inspectKerasFile', () => {
  useBackend('cpu');

  for (const { version, name, files } of fixtures) {
    const file = files.keras as string | undefined;
    if (!file) continue;
    it(`Keras ${version}: ${file}`, async () => {
      const facts = await factsOf({ version, name });
      const bytes = await fixtureFile(version, file);
      const info = await inspectKerasFile(bytes);
      // tf.keras 2.12 writes HDF5 under this name.
      expect(info.format).to.equal(bytes[0] === 0x50 ? 'keras' : 'hdf5');
      expect(info.kerasVersion).to.equal(facts.kerasVersion);
      expect(info.layers.length).to.be.at.least(facts.layers.length);
      if (facts.kind === 'model') expect(info.unsupported).to.deep.equal([]);
      // Keras 2 has the state of metrics in its files, and SpectralNormalization stores its layer's kernel twice.
      if (/^2\./.test(version) || /spectral|lora/.test(name) || facts.kind !== 'model') return;
      expect(info.hasQuantizedWeights).to.equal(facts.quantizedOutputs !== undefined);
      // The count includes scales, and two 4-bit values as one.
      if (!facts.quantizedOutputs) expect(info.parameterCount).to.equal(facts.parameters);
    });
  }

  it('tells how weights are quantised', async () => {
    const info = await inspectKerasFile(await fixtureFile(newest, 'quantized_int4_blocks.keras'));
    const layer = (wanted: string) => info.layers.find(({ name }) => name === wanted);
    expect(layer('wide')).to.include({ dtypePolicy: 'int4/4_from_float32', quantization: 'int4/4' });
    expect(layer('nested/plain')).to.include({ quantization: 'int4/4' });
    expect(layer('heads')).to.include({ dtypePolicy: 'float32', quantization: null });
    expect(info.weights.find(({ path }) => path === 'layers/dense/vars/0')?.dtype).to.equal('int8');
  });

  it('tells layers, shapes, weights and what is not supported', async () => {
    const info = await inspectKerasFile(await fixtureFile(newest, 'unknown_layers.keras'));
    expect(info.unsupported.map(({ className, reason }) => [className, reason])).to.deep.equal([
      ['FirstUnknown', 'class'],
      ['SecondUnknown', 'class'],
    ]);
    const [input, first, conv] = info.layers;
    expect(input.className).to.equal('InputLayer');
    expect(first.isSupported).to.equal(false);
    expect(conv.isSupported).to.equal(true);
    expect(info.weights.map(({ path }) => path)).to.include('layers/conv2d/vars/0');
  });

  it('reads weights files and legacy files', async () => {
    const weights = await inspectKerasFile(await fixtureFile(newest, 'sequential.weights.h5'));
    expect(weights.modelClass).to.equal(null);
    expect(weights.weights.map(({ path }) => path)).to.include('layers/conv2d_1/vars/1');
    const legacy = await inspectKerasFile(await fixtureFile(newest, 'functional.h5'));
    expect(legacy.format).to.equal('hdf5');
    expect(legacy.kerasVersion).to.equal(newest);
    expect(legacy.weights.length).to.be.greaterThan(0);
  });
});
