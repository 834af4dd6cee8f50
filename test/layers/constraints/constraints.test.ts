// Keras's weight constraints: values and serialized forms of real Keras, names, errors.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { camelKeys, type Json, type KerasObject } from '../../../src/core/json.js';
import { type Constraint, getConstraint } from '../../../src/layers/constraints/constraints.js';
import { expectClose, type Golden, onBackends, throughTfjs } from '../../support/layers/expectClose.js';
import goldens from '../serialization/goldens.json' with { type: 'json' };

interface Constrained {
  readonly serialized: KerasObject;
  readonly w: number[];
  readonly shape: number[];
  readonly value: Golden[];
}

const constrained = goldens.constraints as unknown as Constrained[];
const titleOf = ({ class_name, config }: KerasObject) => `${class_name} ${JSON.stringify(config)}`;
const constraint = (identifier: unknown) => getConstraint(identifier) as Constraint;

onBackends('constraints as real Keras', () => {
  for (const { serialized, w, shape, value } of constrained) {
    it(titleOf(serialized), () => {
      tf.tidy(() => expectClose(constraint(serialized).apply(tf.tensor(w, shape)), value));
    });
  }

  it('bring a zero weight to zero', () => {
    for (const name of ['max_norm', 'unit_norm', 'min_max_norm', 'non_neg']) {
      tf.tidy(() => expectClose(constraint(name).apply(tf.zeros([2, 2])), [0, 0, 0, 0]));
    }
  });

  it('of functions and instances of tfjs-layers', () => {
    const w = tf.tensor1d([1, -2]);
    const valuesOf = (identifier: unknown) => {
      const y = constraint(identifier).apply(w);
      const values = Array.from(y.dataSync());
      y.dispose();
      return values;
    };
    expect(valuesOf((w: tf.Tensor) => tf.mul(tf.add(w, 1), 2))).to.deep.equal([4, -2]);
    expect(valuesOf(tf.constraints.nonNeg())).to.deep.equal([1, 0]);
    expect(w.isDisposed).to.equal(false);
    w.dispose();
  });
});

describe('constraints', () => {
  for (const { serialized } of constrained) {
    it(`saved as real Keras: ${titleOf(serialized)}`, () => {
      expect(constraint(serialized).serialize()).to.deep.equal(serialized);
      const { class_name, config } = serialized;
      expect(constraint({ class_name, config }).serialize()).to.deep.equal(serialized);
      const tfjs = throughTfjs(camelKeys(serialized as Json));
      expect(constraint(tfjs).serialize(), 'through tfjs-layers').to.deep.equal(serialized);
    });
  }

  it('by every spelling', () => {
    const spellings = {
      MaxNorm: ['max_norm', 'maxNorm'],
      NonNeg: ['non_neg', 'nonNeg'],
      UnitNorm: ['unit_norm', 'unitNorm'],
      MinMaxNorm: ['min_max_norm', 'minMaxNorm'],
    };
    for (const [name, others] of Object.entries(spellings)) {
      for (const spelled of [name, ...others]) {
        expect(constraint(spelled).serialize()).to.include({ class_name: name });
        expect(constraint({ className: spelled, config: {} }).serialize()).to.include({ class_name: name });
      }
    }
    expect(getConstraint(undefined)).to.equal(null);
  });

  it('names of Keras 2 count in its configs only', () => {
    for (const name of ['maxnorm', 'nonneg', 'unitnorm']) {
      expect(getConstraint(name, { kerasMajor: 2 })?.serialize()).to.include({ module: 'keras.constraints' });
      expect(() => getConstraint(name)).to.throw(/Could not interpret constraint identifier/);
    }
  });

  it('configs and instances of TensorFlow.js', () => {
    const norm = constraint(tf.constraints.minMaxNorm({ minValue: 0.5, axis: 1 })).serialize();
    expect(norm).to.deep.include({ config: { min_value: 0.5, max_value: 1, rate: 1, axis: 1 } });
    const config = { maxValue: 3, axis: [0, 1] };
    expect(constraint({ className: 'MaxNorm', config }).serialize()).to.deep.include({
      config: { max_value: 3, axis: [0, 1] },
    });
  });

  it('report what they cannot be', () => {
    for (const bad of ['foo', 3, {}, { class_name: 'Foo', config: {} }, 'Regularizer', 'valueOf']) {
      expect(() => getConstraint(bad)).to.throw(/Could not interpret constraint identifier: .*Known names: MaxNorm/);
    }
    expect(() => getConstraint({ class_name: 'MaxNorm', config: { axis: 0.5 } })).to.throw(/`axis` must be an integer/);
    expect(() => getConstraint({ class_name: 'MaxNorm', config: { max_value: 'x' } })).to.throw(/max_value='x'/);
  });
});
