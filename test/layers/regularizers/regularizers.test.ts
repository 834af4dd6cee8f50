// Keras's regularizers: values, gradients and serialized forms of real Keras, names, errors.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { camelKeys, type Json, type KerasObject } from '../../../src/core/json.js';
import { getRegularizer, type Regularizer } from '../../../src/layers/regularizers/regularizers.js';
import { expectClose, onBackends, throughTfjs } from '../../support/layers/expectClose.js';
import goldens from '../serialization/goldens.json' with { type: 'json' };

interface Penalty {
  readonly serialized: KerasObject;
  readonly w: number[];
  readonly shape: number[];
  readonly value: number;
  readonly dw: number[];
}

const penalties = goldens.regularizers as unknown as Penalty[];
const titleOf = ({ class_name, config }: KerasObject) => `${class_name} ${JSON.stringify(config)}`;
const regularizer = (identifier: unknown) => getRegularizer(identifier) as Regularizer;

onBackends('regularizers as real Keras', () => {
  for (const { serialized, w, shape, value, dw } of penalties) {
    it(titleOf(serialized), () => {
      const { apply } = regularizer(serialized);
      tf.tidy(() => {
        const x = tf.tensor(w, shape);
        const penalty = apply(x);
        expect(penalty.shape).to.deep.equal([]);
        expectClose(penalty, [value]);
        expectClose(tf.grad(apply)(x), dw);
        expect(x.isDisposed).to.equal(false);
      });
    });
  }

  it('the gradient of |x| is 0 at 0', () => {
    tf.tidy(() => expectClose(tf.grad(regularizer('l1').apply)(tf.tensor1d([-1, 0, 1])), [-0.01, 0, 0.01]));
  });

  it('of functions, instances of tfjs-layers and on bad input', () => {
    const w = tf.tensor1d([1, -2]);
    const penaltyOf = (identifier: unknown) => {
      const penalty = regularizer(identifier).apply(w);
      const [value] = penalty.dataSync();
      penalty.dispose();
      return value;
    };
    expect(penaltyOf((x: tf.Tensor) => tf.sum(tf.mul(x, 2)))).to.equal(-2);
    expect(penaltyOf(tf.regularizers.l2({ l2: 0.5 }))).to.equal(2.5);
    expect(() => penaltyOf('OrthogonalRegularizer')).to.throw(/must have rank 2.*inputs.shape=\(2,\)/);
    w.dispose();
  });
});

describe('regularizers', () => {
  for (const { serialized } of penalties) {
    it(`saved as real Keras: ${titleOf(serialized)}`, () => {
      expect(regularizer(serialized).serialize()).to.deep.equal(serialized);
      const { class_name, config } = serialized;
      expect(regularizer({ class_name, config }).serialize()).to.deep.equal(serialized);
      const tfjs = throughTfjs(camelKeys(serialized as Json));
      expect(regularizer(tfjs).serialize(), 'through tfjs-layers').to.deep.equal(serialized);
    });
  }

  it('round the factors that Keras keeps in float32', () => {
    const config = { l1: 0.009999999776482582 };
    expect(regularizer('l1').serialize()).to.deep.include({ class_name: 'L1', config });
    expect(regularizer('l2').serialize()).to.deep.include({ class_name: 'L2', config: { l2: 0.01 } });
  });

  it('by every spelling', () => {
    const spellings = {
      L1: ['l1'],
      L2: ['l2'],
      L1L2: ['l1l2', 'L1L2'],
      OrthogonalRegularizer: ['orthogonal_regularizer'],
    };
    for (const [name, others] of Object.entries(spellings)) {
      for (const spelled of [name, ...others]) {
        expect(regularizer(spelled).serialize()).to.include({ class_name: name });
        expect(regularizer({ className: spelled, config: {} }).serialize()).to.include({ class_name: name });
      }
    }
    expect(getRegularizer(null)).to.equal(null);
  });

  it('names of Keras 2 count in its configs only', () => {
    const options = { kerasMajor: 2 } as const;
    expect(getRegularizer('l1_l2', options)?.serialize()).to.deep.include({ config: { l1: 0.01, l2: 0.01 } });
    expect(() => getRegularizer('l1_l2')).to.throw(/Could not interpret regularizer identifier: 'l1_l2'/);
  });

  it('instances of TensorFlow.js', () => {
    const both = regularizer(tf.regularizers.l1l2({ l1: 0.1, l2: 0.2 })).serialize();
    expect(both).to.deep.include({ class_name: 'L1L2', config: { l1: 0.1, l2: 0.2 } });
  });

  it('report what they cannot be', () => {
    for (const bad of ['foo', 3, {}, { class_name: 'Foo', config: {} }, 'Regularizer', 'valueOf']) {
      expect(() => getRegularizer(bad)).to.throw(/Could not interpret regularizer identifier: .*Known names: L1, l1/);
    }
    for (const l1 of [-1, Number.NaN, Number.POSITIVE_INFINITY, 'x', true]) {
      const make = () => getRegularizer({ class_name: 'L1', config: { l1 } });
      expect(make).to.throw(/Invalid value for argument l1: expected a non-negative float/);
    }
    const mode = { class_name: 'OrthogonalRegularizer', config: { mode: 'x' } };
    expect(() => getRegularizer(mode)).to.throw(
      /Invalid value for argument `mode`. Expected one of {"rows", "columns"}/,
    );
  });
});
