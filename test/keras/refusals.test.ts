// What a refused file does not do: change a model, spoil the next load, hide an error of the user's own code.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { unzipSync, zipSync } from 'fflate';
import { KerasFileError, loadKerasModel, loadKerasWeights } from '../../src/keras.js';
import { useBackend } from '../support/backends.js';
import { factsOf, fixtureFile } from '../support/keras/fixtureFiles.js';
import { expectPredictions } from '../support/keras/predictions.js';
import { rejection } from '../support/rejection.js';

const newest = '3.15.1';
const quiet = { onWarning: () => {} };

describe('a refused file', () => {
  useBackend('cpu');

  it('leaves the weights of a model as they are, though only its last value cannot be read', async () => {
    const model = await loadKerasModel(await fixtureFile(newest, 'repacked.keras'));
    const before = model.weights.map((weight) => weight.read().dataSync().slice());
    const bytes = (await fixtureFile(newest, 'repacked.gzip.h5')).slice();
    let refused = 0;
    // Compressed chunks fail when they are unpacked, after all shapes have been found right.
    for (let at = bytes.length >> 1; at < bytes.length; at += 1031) {
      const broken = bytes.slice();
      broken.fill(0xff, at, at + 40);
      const error = await loadKerasWeights(model, broken, quiet).then(
        () => null,
        (reason: unknown) => reason,
      );
      if (error === null) {
        await loadKerasWeights(model, bytes, quiet);
        continue;
      }
      refused++;
      expect(error).to.be.instanceOf(KerasFileError);
      const after = model.weights.map((weight) => weight.read().dataSync());
      expect(after).to.deep.equal(before);
    }
    expect(refused).to.be.above(0);
    model.dispose();
  });

  it('of a FeatureSpace says which model to save', async () => {
    const members = unzipSync(await fixtureFile(newest, 'nested.keras'));
    const config = JSON.stringify({ module: 'keras.utils', class_name: 'FeatureSpace', config: { features: {} } });
    const space = zipSync({ ...members, 'config.json': new TextEncoder().encode(config) });
    const error = await rejection(loadKerasModel(space, quiet));
    expect(error).to.be.instanceOf(KerasFileError);
    expect((error as Error).message).to.contain('keras.Model(space.get_inputs(), space.get_encoded_features())');
  });

  it('does not spoil the next load', async () => {
    const members = unzipSync(await fixtureFile(newest, 'nested.keras'));
    const config = new TextDecoder().decode(members['config.json']).replace('"Conv2D"', '"Dense"');
    const broken = zipSync({ ...members, 'config.json': new TextEncoder().encode(config) });
    for (let i = 0; i < 3; i++) {
      expect(await rejection(loadKerasModel(broken, quiet))).to.be.instanceOf(KerasFileError);
    }
    const model = await loadKerasModel(await fixtureFile(newest, 'nested.keras'));
    expectPredictions(model, await factsOf({ version: newest, name: 'nested' }));
    model.dispose();
  });
});

class MyError extends Error {}

class BadConstructor extends tf.layers.Layer {
  static className = 'FirstUnknown';
  constructor() {
    super();
    throw new MyError('constructor');
  }
}

class BadBuild extends tf.layers.Layer {
  static className = 'FirstUnknown';
  override build(): void {
    this.addWeight('w', [3], 'float32', tf.initializers.zeros());
    throw new MyError('build');
  }
}

class Plain extends tf.layers.Layer {
  static className = 'SecondUnknown';
}

describe("errors of the user's own code", () => {
  useBackend('cpu');

  for (const [title, FirstUnknown] of Object.entries({ constructor: BadConstructor, build: BadBuild })) {
    it(`in the ${title} of a class of customObjects`, async () => {
      const customObjects = { FirstUnknown, SecondUnknown: Plain };
      const source = await fixtureFile(newest, 'unknown_layers.keras');
      const error = await rejection(loadKerasModel(source, { ...quiet, customObjects }));
      expect(error).to.be.instanceOf(MyError).and.to.have.property('message', title);
    });
  }

  it('in onProgress', async () => {
    const onProgress = (fraction: number) => {
      if (fraction > 0.6) throw new MyError('progress');
    };
    const source = await fixtureFile(newest, 'functional.keras');
    expect(await rejection(loadKerasModel(source, { onProgress }))).to.be.instanceOf(MyError);
  });

  it('of TensorFlow.js are the cause of a KerasFileError', async () => {
    const members = unzipSync(await fixtureFile(newest, 'functional.keras'));
    const config = new TextDecoder()
      .decode(members['config.json'])
      .replace(/"kernel_size": \[\d/, '"kernel_size": [99');
    const broken = zipSync({ ...members, 'config.json': new TextEncoder().encode(config) });
    const error = await rejection(loadKerasModel(broken, quiet));
    expect(error).to.be.instanceOf(KerasFileError);
  });
});
