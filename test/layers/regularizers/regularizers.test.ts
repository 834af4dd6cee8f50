// Keras's regularizers and constraints: values, gradients and saved forms of real Keras, names, errors.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { camelKeys, type Json, type KerasObject } from '../../../src/core/json.js';
import { type Constraint, getConstraint } from '../../../src/layers/constraints/constraints.js';
import { getRegularizer, type Regularizer } from '../../../src/layers/regularizers/regularizers.js';
import { expectClose, type Golden, onBackends, throughTfjs } from '../../support/layers/close.js';
import goldens from '../serialization/goldens.json' with { type: 'json' };

interface Penalty {
  readonly object: KerasObject;
  readonly w: number[];
  readonly shape: number[];
  readonly value: number;
  readonly dw: number[];
}
interface Constrained extends Omit<Penalty, 'value' | 'dw'> {
  readonly value: Golden[];
}

const penalties = goldens.regularizers as unknown as Penalty[];
const constrained = goldens.constraints as unknown as Constrained[];
const titleOf = ({ class_name, config }: KerasObject) => `${class_name} ${JSON.stringify(config)}`;
const regularizer = (identifier: unknown) => getRegularizer(identifier) as Regularizer;
const constraint = (identifier: unknown) => getConstraint(identifier) as Constraint;

onBackends('regularizers as real Keras', () => {
  for (const { object, w, shape, value, dw } of penalties) {
    it(titleOf(object), () => {
      const { apply } = regularizer(object);
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
    const maskPenalty = (identifier: unknown) => {
      const penalty = regularizer(identifier).apply(w);
      const [value] = penalty.dataSync();
      penalty.dispose();
      return value;
    };
    expect(maskPenalty((x: tf.Tensor) => tf.sum(tf.mul(x, 2)))).to.equal(-2);
    expect(maskPenalty(tf.regularizers.l2({ l2: 0.5 }))).to.equal(2.5);
    expect(() => maskPenalty('OrthogonalRegularizer')).to.throw(/must have rank 2.*inputs.shape=\(2,\)/);
    w.dispose();
  });
});

onBackends('constraints as real Keras', () => {
  for (const { object, w, shape, value } of constrained) {
    it(titleOf(object), () => {
      tf.tidy(() => expectClose(constraint(object).apply(tf.tensor(w, shape)), value));
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

describe('regularizers and constraints', () => {
  const all = [
    ...penalties.map(({ object }) => ({ object, get: regularizer })),
    ...constrained.map(({ object }) => ({ object, get: constraint })),
  ];
  for (const { object, get } of all) {
    it(`saved as real Keras: ${titleOf(object)}`, () => {
      expect(get(object).serialize()).to.deep.equal(object);
      const { class_name, config } = object;
      expect(get({ class_name, config }).serialize()).to.deep.equal(object);
      expect(get(throughTfjs(camelKeys(object as Json))).serialize(), 'through tfjs-layers').to.deep.equal(object);
    });
  }

  it('round the factors that Keras keeps in float32', () => {
    const config = { l1: 0.009999999776482582 };
    expect(regularizer('l1').serialize()).to.deep.include({ class_name: 'L1', config });
    expect(regularizer('l2').serialize()).to.deep.include({ class_name: 'L2', config: { l2: 0.01 } });
  });

  it('by every spelling', () => {
    const regularizers = {
      L1: ['l1'],
      L2: ['l2'],
      L1L2: ['l1l2', 'L1L2'],
      OrthogonalRegularizer: ['orthogonal_regularizer'],
    };
    const constraints = {
      MaxNorm: ['max_norm', 'maxNorm'],
      NonNeg: ['non_neg', 'nonNeg'],
      UnitNorm: ['unit_norm', 'unitNorm'],
      MinMaxNorm: ['min_max_norm', 'minMaxNorm'],
    };
    for (const [table, get] of [
      [regularizers, regularizer],
      [constraints, constraint],
    ] as const) {
      for (const [name, spellings] of Object.entries(table) as [string, string[]][]) {
        for (const spelled of [name, ...spellings]) {
          expect(get(spelled).serialize()).to.include({ class_name: name });
          expect(get({ className: spelled, config: {} }).serialize()).to.include({ class_name: name });
        }
      }
    }
    expect(getRegularizer(null)).to.equal(null);
    expect(getConstraint(undefined)).to.equal(null);
  });

  it('names of Keras 2 count in its configs only', () => {
    const options = { kerasMajor: 2 } as const;
    expect(getRegularizer('l1_l2', options)?.serialize()).to.deep.include({ config: { l1: 0.01, l2: 0.01 } });
    for (const name of ['maxnorm', 'nonneg', 'unitnorm']) {
      expect(getConstraint(name, options)?.serialize()).to.include({ module: 'keras.constraints' });
      expect(() => getConstraint(name)).to.throw(/Could not interpret constraint identifier/);
    }
    expect(() => getRegularizer('l1_l2')).to.throw(/Could not interpret regularizer identifier: 'l1_l2'/);
  });

  it('configs and instances of TensorFlow.js', () => {
    const both = regularizer(tf.regularizers.l1l2({ l1: 0.1, l2: 0.2 })).serialize();
    expect(both).to.deep.include({ class_name: 'L1L2', config: { l1: 0.1, l2: 0.2 } });
    const norm = constraint(tf.constraints.minMaxNorm({ minValue: 0.5, axis: 1 })).serialize();
    expect(norm).to.deep.include({ config: { min_value: 0.5, max_value: 1, rate: 1, axis: 1 } });
    const config = { maxValue: 3, axis: [0, 1] };
    expect(constraint({ className: 'MaxNorm', config }).serialize()).to.deep.include({
      config: { max_value: 3, axis: [0, 1] },
    });
  });

  it('report what they cannot be', () => {
    for (const bad of ['foo', 3, {}, { class_name: 'Foo', config: {} }, 'Regularizer', 'valueOf']) {
      expect(() => getRegularizer(bad)).to.throw(/Could not interpret regularizer identifier: .*Known names: L1, l1/);
      expect(() => getConstraint(bad)).to.throw(/Could not interpret constraint identifier: .*Known names: MaxNorm/);
    }
    for (const l1 of [-1, Number.NaN, Number.POSITIVE_INFINITY, 'x', true]) {
      const make = () => getRegularizer({ class_name: 'L1', config: { l1 } });
      expect(make).to.throw(/Invalid value for argument l1: expected a non-negative float/);
    }
    const mode = { class_name: 'OrthogonalRegularizer', config: { mode: 'x' } };
    expect(() => getRegularizer(mode)).to.throw(
      /Invalid value for argument `mode`. Expected one of {"rows", "columns"}/,
    );
    expect(() => getConstraint({ class_name: 'MaxNorm', config: { axis: 0.5 } })).to.throw(/`axis` must be an integer/);
    expect(() => getConstraint({ class_name: 'MaxNorm', config: { max_value: 'x' } })).to.throw(/max_value='x'/);
  });
});
