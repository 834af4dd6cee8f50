// Keras's activations: values and gradients of real Keras, names, serialized forms, errors.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { Json } from '../../../src/core/json.js';
import {
  type ActivationFunction,
  activationNames,
  getActivation,
  setLayerActivationFactory,
} from '../../../src/layers/activations/activations.js';
import { activate } from '../../../src/ops/activate.js';
import { expectClose, type Golden, onBackends, throughTfjs } from '../../support/layers/expectClose.js';
import goldens from '../serialization/goldens.json' with { type: 'json' };

interface Case {
  readonly name: string;
  readonly config: Record<string, Json>;
  readonly x: number[];
  readonly shape: number[];
  readonly y: Golden[];
  readonly dx: Golden[];
}

const cases = goldens.activations as unknown as Case[];
const titleOf = ({ name, config }: Case) => `${name} ${JSON.stringify(config)}`;
const valuesAt = (activation: ActivationFunction, x: number[]) =>
  tf.tidy(() => Array.from(activation.apply(tf.tensor1d(x)).dataSync()));

onBackends('activations as real Keras', () => {
  for (const golden of cases) {
    it(titleOf(golden), () => {
      const activation = getActivation({ class_name: golden.name, config: golden.config });
      tf.tidy(() => {
        const x = tf.tensor(golden.x, golden.shape);
        const y = activation.apply(x);
        expectClose(y, golden.y, golden.x);
        const weights = tf.reshape(tf.linspace(0.5, 1.5, y.size), y.shape);
        expectClose(tf.grad((x) => tf.sum(tf.mul(activation.apply(x), weights)))(x), golden.dx);
        expect(x.isDisposed).to.equal(false);
      });
    });
  }

  it('are what the fused convolution computes', () => {
    for (const { name, config, x } of cases) {
      const { fused, apply } = getActivation({ class_name: name, config });
      if (!fused) continue;
      tf.tidy(() => {
        const z = tf.tensor4d(x, [1, 1, 1, x.length]);
        const { activation, leakyreluAlpha = 0.2 } = fused;
        const y = activate({ z, activation, leakyAlpha: leakyreluAlpha, dataFormat: 'NHWC' });
        expect(Array.from(apply(z).dataSync()), name).to.deep.equal(Array.from(y.dataSync()));
      });
    }
  });

  it('take scalars, empty tensors and five dimensions', () => {
    for (const name of activationNames.filter((name) => name !== 'glu' && name !== 'threshold')) {
      for (const shape of [[], [2, 0], [1, 2, 1, 2, 3]]) {
        const isAlong = ['softmax', 'log_softmax', 'sparsemax'].includes(name);
        if (isAlong && shape.includes(0)) continue;
        tf.tidy(() => {
          expect(getActivation(name).apply(tf.ones(shape)).shape, name).to.deep.equal(shape);
        });
      }
    }
  });

  it('have the gradient of Keras at their kinks', () => {
    const slopeAt = (identifier: unknown, x: number) =>
      tf.tidy(
        () =>
          tf
            .grad((x) => getActivation(identifier).apply(x))(tf.scalar(x))
            .dataSync()[0],
      );
    expect(slopeAt('relu', 0)).to.equal(0);
    expect(slopeAt({ class_name: 'relu', config: { max_value: 3 } }, 0)).to.equal(0);
    expect(slopeAt({ class_name: 'elu', config: { alpha: 0.5 } }, 0)).to.equal(0.5);
    expect(slopeAt('sparse_plus', 1)).to.equal(1);
  });

  it('keep NaN', () => {
    const isFlat = ['glu', 'threshold', 'hard_shrink', 'softmax', 'log_softmax', 'sparsemax'];
    // GLSL does not promise NaN: what the WebGL kernels of TensorFlow.js make of it depends on the device.
    const names = tf.getBackend() === 'convnet-webgl' ? ['relu', 'relu6'] : activationNames;
    for (const name of names.filter((name) => !isFlat.includes(name))) {
      expect(valuesAt(getActivation(name), [Number.NaN]), name).to.deep.equal([Number.NaN]);
    }
  });

  it('of integers', () => {
    tf.tidy(() => {
      const x = tf.tensor1d([-1, 0, 2], 'int32');
      expectClose(getActivation('sigmoid').apply(x), [0.26894143, 0.5, 0.880797]);
      expect(getActivation('relu').apply(x).dtype).to.equal('int32');
    });
  });

  it('hard_sigmoid of Keras 2', () => {
    for (const activation of [getActivation('hardSigmoid'), getActivation('hard_sigmoid', { kerasMajor: 2 })]) {
      expect(activation.keras2).to.equal(true);
      expect(activation.fused).to.equal(undefined);
      tf.tidy(() => expectClose(activation.apply(tf.tensor1d([-3, -1, 0, 1, 2.4, 3])), [0, 0.3, 0.5, 0.7, 0.98, 1]));
      expect(activation.serialize()).to.have.nested.property('config.name', 'keras2_hard_sigmoid');
      expect(getActivation(activation.serialize()).keras2).to.equal(true);
      expect(getActivation(throughTfjs(activation.serializeTfjs())).keras2).to.equal(true);
    }
  });

  it('of an instance of tfjs-layers', () => {
    const { classNameMap } = tf.serialization.SerializationMap.getMap();
    const names = { swish: 'silu', relu6: 'relu6', gelu: 'gelu', gelu_new: 'gelu', mish: 'mish', softmax: 'softmax' };
    for (const [tfjsName, name] of Object.entries(names)) {
      expect(getActivation(new classNameMap[tfjsName][0]()).name).to.equal(name);
    }
    expect(getActivation(new classNameMap.hardSigmoid[0]()).keras2).to.equal(true);
  });

  it('of functions, classes and instances', () => {
    const double = (x: tf.Tensor) => tf.mul(tf.add(x, 0), 2);
    class Scale {
      readonly factor: number;
      constructor({ factor }: { factor: number }) {
        this.factor = factor;
      }
      apply(x: tf.Tensor) {
        return tf.mul(x, this.factor);
      }
      getConfig() {
        return { factor: this.factor };
      }
    }
    const saved = { module: 'builtins', class_name: 'function', config: 'pkg>double', registered_name: 'function' };
    expect(valuesAt(getActivation(double), [3])).to.deep.equal([6]);
    expect(valuesAt(getActivation({ apply: double }), [3])).to.deep.equal([6]);
    const named = getActivation(saved, { customObjects: { 'pkg>double': double } });
    expect(valuesAt(named, [3])).to.deep.equal([6]);
    expect(named.serialize()).to.deep.equal(saved);
    const byOwnName = getActivation(saved, { customObjects: { double } });
    expect(valuesAt(byOwnName, [3])).to.deep.equal([6]);
    expect(byOwnName.serialize()).to.deep.equal(saved);
    expect(getActivation(double, { customObjects: { 'pkg>double': double } }).serialize()).to.deep.equal(saved);
    expect(getActivation('myDouble', { customObjects: { my_double: double } }).name).to.equal('my_double');
    const serialized = { module: 'mine', class_name: 'Scale', config: { factor: 4 }, registered_name: 'pkg>Scale' };
    const scale = getActivation(serialized, { customObjects: { 'pkg>Scale': Scale } });
    expect(valuesAt(scale, [3])).to.deep.equal([12]);
    expect(scale.serialize()).to.deep.equal(serialized);
  });
});

describe('activations', () => {
  it('by every spelling', () => {
    const spellings: [unknown, string][] = [
      [null, 'linear'],
      [undefined, 'linear'],
      ['swish', 'silu'],
      ['hard_swish', 'hard_silu'],
      ['hardSwish', 'hard_silu'],
      ['leakyRelu', 'leaky_relu'],
      ['logSoftmax', 'log_softmax'],
      ['softmax_v2', 'softmax'],
      ['keras3.hardSigmoid', 'hard_sigmoid'],
      [{ module: 'builtins', class_name: 'function', config: 'relu', registered_name: 'function' }, 'relu'],
      [{ module: 'keras.activations', class_name: 'gelu', config: {}, registered_name: null }, 'gelu'],
      [{ className: 'hardTanh', config: {} }, 'hard_tanh'],
    ];
    for (const [identifier, name] of spellings) expect(getActivation(identifier).name).to.equal(name);
    expect(getActivation('hard_sigmoid').keras2).to.equal(undefined);
    expect(getActivation('keras3.hard_sigmoid', { kerasMajor: 2 }).keras2).to.equal(undefined);
    const silu = getActivation('silu');
    expect(getActivation(silu)).to.equal(silu);
  });

  it('are saved by their canonical name, and in a form that survives tfjs-layers', () => {
    for (const name of activationNames) {
      const activation = getActivation(name);
      expect(activation.serialize()).to.equal(name);
      const back = getActivation(throughTfjs(activation.serializeTfjs()));
      expect([back.name, back.keras2]).to.deep.equal([name, undefined]);
    }
    const { classNameMap } = tf.serialization.SerializationMap.getMap();
    const tfjsNames = ['elu', 'selu', 'relu', 'relu6', 'linear', 'sigmoid', 'softplus', 'softsign', 'tanh', 'softmax'];
    for (const name of [...tfjsNames, 'log_softmax', 'gelu', 'mish', 'silu']) {
      expect(classNameMap, name).to.have.property(getActivation(name).serializeTfjs() as string);
    }
  });

  it('with parameters are saved as the layer that Keras has for them', () => {
    const relu = getActivation({ class_name: 'relu', config: { alpha: 0.1, max_value: 6 } });
    const dtype = { module: 'keras', class_name: 'DTypePolicy', config: { name: 'float32' }, registered_name: null };
    const config = { name: 're_lu', trainable: true, dtype, max_value: 6, negative_slope: 0.1, threshold: 0 };
    expect(relu.serialize()).to.deep.equal({
      module: 'keras.layers',
      class_name: 'ReLU',
      config,
      registered_name: null,
    });
    const gelu = getActivation({ className: 'gelu', config: { approximate: true } });
    expect(() => gelu.serialize()).to.throw(/'gelu' cannot be serialized.*"approximate":true/);
    expect(getActivation(throughTfjs(gelu.serializeTfjs())).fused?.activation).to.equal('gelu_approximate');
    const limit = getActivation({ class_name: 'threshold', config: { threshold: 1, default_value: 2 } });
    expect(limit.serializeTfjs()).to.deep.equal({ className: 'threshold', config: { threshold: 1, defaultValue: 2 } });
    const axes = getActivation(
      throughTfjs(getActivation({ class_name: 'softmax', config: { axis: 1 } }).serializeTfjs()),
    );
    expect(axes.serializeTfjs()).to.deep.equal({ className: 'softmax', config: { axis: 1 } });
  });

  it('saved as layers go to the factory that is installed', () => {
    const serialized = { module: 'keras.layers', class_name: 'Mine', config: { slope: 1 }, registered_name: null };
    const made = getActivation('relu');
    const previous = setLayerActivationFactory((given) => (given.class_name === 'Mine' ? made : null));
    try {
      expect(getActivation(serialized)).to.equal(made);
      const other = { ...serialized, class_name: 'Other' };
      expect(() => getActivation(other)).to.throw(/Could not interpret activation function/);
    } finally {
      setLayerActivationFactory(previous);
    }
  });

  it('report what they cannot be', () => {
    const unknown = /Could not interpret activation function identifier: .*Known names: .*relu/;
    const custom = { module: 'mine', class_name: 'relu', config: {}, registered_name: 'pkg>relu' };
    for (const bad of ['foo', 3, {}, { class_name: 'Foo', config: {} }, ['relu'], 'ReLU', 'toString', custom]) {
      expect(() => getActivation(bad), JSON.stringify(bad)).to.throw(unknown);
    }
    const lambda = { class_name: '__lambda__', config: { value: ['4wIAAA==', [null], null] } };
    for (const bad of [lambda, lambda.config, { class_name: 'function', config: lambda.config }]) {
      expect(() => getActivation(bad)).to.throw(/Python lambda.*customObjects/);
    }
    expect(() => getActivation({ class_name: 'elu', config: { alpha: 'x' } })).to.throw(/Received: alpha='x'/);
    expect(() => getActivation((x: tf.Tensor) => x).serialize()).to.throw(/invalid function name/);
  });
});

onBackends('activations on bad input', () => {
  it('throw and leave nothing', () => {
    const x = tf.ones([2, 3]);
    const softmax = getActivation({ class_name: 'softmax', config: { axis: 2 } });
    expect(() => softmax.apply(x)).to.throw(/axis=2, input shape \(2, 3\)/);
    expect(() => getActivation('glu').apply(x)).to.throw(/divisible by 2/);
    expect(() => getActivation('threshold').apply(x)).to.throw(/missing required arguments `threshold`/);
    x.dispose();
  });
});
