// Activations, initializers, regularizers and constraints against the committed fixtures, which test/fixtures/make.py
// wrote with real Keras.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { isKerasObject, type Json } from '../../../src/core/json.js';
import { getActivation } from '../../../src/layers/activations/activations.js';
import { getConstraint } from '../../../src/layers/constraints/constraints.js';
import { fansOf } from '../../../src/layers/initializers/fans.js';
import { getInitializer } from '../../../src/layers/initializers/initializers.js';
import { getRegularizer } from '../../../src/layers/regularizers/regularizers.js';
import activationArguments from '../../fixtures/objects/activationArguments.json' with { type: 'json' };
import activations from '../../fixtures/objects/activations.json' with { type: 'json' };
import constraints from '../../fixtures/objects/constraints.json' with { type: 'json' };
import errors from '../../fixtures/objects/errors.json' with { type: 'json' };
import initializers from '../../fixtures/objects/initializers.json' with { type: 'json' };
import lookups from '../../fixtures/objects/lookups.json' with { type: 'json' };
import regularizers from '../../fixtures/objects/regularizers.json' with { type: 'json' };
import { expectClose, onBackends } from '../../support/layers/expectClose.js';

interface Serializable {
  serialize(): Json;
}
type Get = (identifier: unknown) => Serializable | null;

type Drawn = { readonly shape: number[]; readonly fanIn: number; readonly fanOut: number } & (
  | { readonly mean: number; readonly std: number }
  | { readonly error: object }
);

const getters: Readonly<Record<string, Get>> = {
  activations: getActivation,
  initializers: getInitializer,
  regularizers: getRegularizer,
  constraints: getConstraint,
};

interface Values {
  readonly shape: number[];
  readonly input: number[];
  readonly outputShape: number[];
  readonly output: number[];
}
interface Result extends Omit<Values, 'output'> {
  readonly kernel: string;
  readonly output?: number | number[];
  readonly error?: { readonly message: string };
}

onBackends('fixtures of Keras', () => {
  for (const { name, serialized, vector, matrix } of activations) {
    if (isKerasObject(serialized)) continue; // a layer, which is made by the registry of layers
    it(`activation ${name}`, () => {
      for (const { shape, input, outputShape, output } of [vector, matrix] as Values[]) {
        tf.tidy(() => {
          const y = getActivation(name).apply(tf.tensor(input, shape));
          expect(y.shape).to.deep.equal(outputShape);
          expectClose(y, output, input);
        });
      }
      expect(getActivation(name).serialize()).to.equal(serialized);
    });
  }

  for (const { name, arguments: config, input, output } of activationArguments) {
    it(`activation ${name} ${JSON.stringify(config)}`, () => {
      tf.tidy(() => expectClose(getActivation({ class_name: name, config }).apply(tf.tensor1d(input)), output, input));
    });
  }

  for (const [kind, cases, get] of [
    ['regularizer', regularizers, getRegularizer],
    ['constraint', constraints, getConstraint],
  ] as const) {
    for (const { name, serialized, results } of cases) {
      it(`${kind} ${name}`, () => {
        const found = get(serialized);
        expect(found?.serialize()).to.deep.equal(serialized);
        for (const { kernel, shape, input, output, error } of results as Result[]) {
          if (error?.message.includes('broadcast together')) continue; // about the NumPy array that Keras was given
          const w = tf.tensor(input, shape);
          if (error) expect(() => found?.apply(w), kernel).to.throw(/must have rank 2|out of bounds/);
          else tf.tidy(() => expectClose(found?.apply(w) as tf.Tensor, [output].flat() as number[]));
          w.dispose();
        }
      });
    }
  }

  for (const { name, serialized, shapes } of initializers) {
    it(`initializer ${name}`, () => {
      const initializer = getInitializer(serialized);
      expect(initializer?.serialize()).to.deep.equal(serialized);
      for (const { shape, fanIn, fanOut, ...wanted } of shapes as Drawn[]) {
        expect(fansOf(shape)).to.deep.equal({ fanIn, fanOut });
        if ('error' in wanted) expect(() => initializer?.apply(shape)).to.throw(`of rank ${shape.length}.`);
        else expectAlike(initializer?.apply(shape) as tf.Tensor, wanted);
      }
    });
  }
});

/** Mean and standard deviation of other random values of the same distribution, within six standard errors. */
function expectAlike(w: tf.Tensor, wanted: { readonly mean: number; readonly std: number }): void {
  const values = w.dataSync() as Float32Array;
  w.dispose();
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const std = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  const room = (6 / Math.sqrt(values.length)) * wanted.std + 1e-6;
  expect(Math.abs(mean - wanted.mean), 'mean').to.be.at.most(room);
  expect(Math.abs(std - wanted.std), 'standard deviation').to.be.at.most(room);
}

/**
 * Keras refuses these; here they are names of Keras 2 and TensorFlow.js, or a constant without its value, which is 0.
 */
const accepted = ['softmax_v2', 'constant', 'Constant'];

describe('lookups as real Keras', () => {
  for (const { kind, identifier, serialized, error } of lookups as { [key: string]: unknown }[]) {
    it(`${kind} ${JSON.stringify(identifier)}`, () => {
      const get = getters[kind as string];
      if (!error) expect(get(identifier)?.serialize() ?? null).to.deep.equal(serialized);
      else if (!accepted.includes(identifier as string)) {
        const phrase = `Could not interpret ${(kind as string).slice(0, -1)}`;
        expect(() => get(identifier))
          .to.throw(phrase)
          .with.property('name', 'ValueError');
      }
    });
  }

  for (const { kind, class: className, arguments: config, error } of errors) {
    it(`refuse ${className} ${JSON.stringify(config)}`, () => {
      const phrase = error.message.split(/[:.] ?/)[0]; // what a search would look for
      expect(() => getters[kind]({ class_name: className, config })).to.throw(phrase);
    });
  }
});
