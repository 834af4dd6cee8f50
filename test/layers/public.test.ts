// The public entry `layers`: each layer that the registry knows is there as a class and as a function, under the names of
// Keras and TensorFlow.js. The types of the arguments are compared with the tables of fields in
// test/support/layers/argumentTypes.ts.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { kerasLayerClasses, useAllLayers } from '../../src/layers/allLayers.js';
import type { KerasLayer } from '../../src/layers/base/kerasLayer.js';
import { findLayerClass } from '../../src/layers/registry.js';
import * as entry from '../../src/layers.js';
import { useBackend } from '../support/backends.js';
import { factoryName } from '../support/layers/factoryName.js';
import { samples } from '../support/layers/samples.js';
import kerasExports from './exports.json' with { type: 'json' };

useAllLayers();

const names: Readonly<Record<string, unknown>> = entry;

/** What keras.layers exports and this package does not, and why. */
const notExported: Readonly<Record<string, string>> = {
  Lambda: 'holds Python code',
  TFSMLayer: 'holds a model of another framework',
  JaxLayer: 'holds a model of another framework',
  FlaxLayer: 'holds a model of another framework',
  TorchModuleWrapper: 'holds a model of another framework',
  InputLayer: 'TensorFlow.js has it',
  InputSpec: 'TensorFlow.js has it',
  Layer: 'is KerasLayer',
  Wrapper: 'a base class of Python code',
};

/** What tf.layers has and this package does not, and why. */
const notMade: Readonly<Record<string, string>> = {
  inputLayer: 'TensorFlow.js has it',
  convLstm2dCell: 'Keras exports no such cell',
  randomWidth: 'Keras 3 has no such layer',
  Layer: 'is KerasLayer',
  RNN: 'the class of TensorFlow.js',
  RNNCell: 'the class of TensorFlow.js',
  input: 'a function of TensorFlow.js',
};

describe('the entry `layers`', () => {
  useBackend('cpu');

  for (const cls of kerasLayerClasses) {
    const { className } = cls;
    const name = factoryName(className);

    it(`${className} and ${name}()`, () => {
      expect(names[className]).to.equal(cls);
      const make = names[name] as (args?: object) => KerasLayer;
      expect(make, name).to.be.a('function');
      const args = (samples as Readonly<Record<string, object | undefined>>)[name];
      const layer = make(args && { ...args, name: 'a' });
      expect(layer).to.be.instanceOf(cls);
      expect(layer.getClassName()).to.equal(className);
      if (args) expect(layer.name).to.equal('a');
    });
  }

  for (const [className, exported] of Object.entries(kerasExports.classes)) {
    const isMissing = exported.every((name) => name in notExported) || !exported.some((name) => findLayerClass(name));
    if (isMissing) continue;
    it(`${exported.join(', ')} of keras.layers`, () => {
      for (const name of exported) {
        expect(names[name], name).to.equal(findLayerClass(className));
        expect(findLayerClass(name), `${name} in files`).to.equal(findLayerClass(className));
      }
      for (const name of exported) {
        expect(names[factoryName(name)], factoryName(name)).to.equal(names[factoryName(exported[0])]);
      }
    });
  }

  it('nothing else of keras.layers is missing, and nothing that is there counts as missing', () => {
    const classes = Object.keys(kerasExports.classes);
    expect(classes.filter((name) => !findLayerClass(name)).sort()).to.deep.equal(Object.keys(notExported).sort());
  });

  it('every factory of tf.layers', () => {
    const missing = Object.keys(tf.layers).filter((name) => !(name in names) && !(name in notMade));
    expect(missing).to.deep.equal([]);
  });
});
