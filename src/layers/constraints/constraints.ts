// Keras's weight constraints by name, config, function or instance: https://keras.io/api/layers/constraints/
// A norm is the square root of the sum of squares over `axis`.

import * as tf from '@tensorflow/tfjs-core';
import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import { type Json, kerasObject } from '../../core/json.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { classNames } from '../serialization/classNames.js';
import { axisOrNull, num, type Params, readParams, type Values } from '../serialization/params.js';
import { type Callable, type Family, type ResolveOptions, resolve } from '../serialization/resolve.js';

/** Maps a weight to an allowed one after each update. */
export interface Constraint {
  /** Gives the constrained weight as a new tensor. Does not dispose w. */
  apply(w: Tensor): Tensor;
  /** As keras.constraints.serialize. */
  serialize(): Json;
}

/**
 * Finds or makes a constraint; null stays null.
 * @param identifier null, a name, the serialized form of Keras 2, Keras 3 or TensorFlow.js, a function of a tensor, an
 *   instance with `apply`, or the result of this function.
 * @throws ValueError for an unknown name.
 */
export function getConstraint(identifier: unknown, options: ResolveOptions = {}): Constraint | null {
  return identifier == null ? null : resolve(family, identifier, options);
}

type Axis = number | readonly number[] | null;
type Definition = (className: string, config: unknown) => Constraint;

function define<P extends Params>(params: P, constrain: (w: Tensor, values: Values<P>) => Tensor): Definition {
  return (className, given) => {
    const values = readParams(className, params, given);
    return Object.freeze({
      apply: (w: Tensor) => tidy(() => constrain(w, values)),
      serialize: () => kerasObject('keras.constraints', className, values as { [key: string]: Json }),
    });
  };
}

/** Keras's epsilon. */
const epsilon = 1e-7;

function normOf(w: Tensor, axis: Axis): Tensor {
  const axes = axis === null ? [] : ([axis].flat() as number[]);
  if (!axes.every((axis) => axis >= -w.rank && axis < w.rank)) {
    throw new KerasValueError(
      `Constraint: \`axis\` is out of bounds for a weight of rank ${w.rank}. Received: axis=${showValue(axis)}, shape=${showValue(w.shape)}`,
    );
  }
  return tf.sqrt(tf.sum(tf.square(w), (axis ?? undefined) as number | number[] | undefined, true));
}

/** Scales w so that its norm becomes desired(norm). */
function withNorm(w: Tensor, axis: Axis, desired: (norm: Tensor) => Tensor): Tensor {
  const norm = normOf(w, axis);
  return tf.mul(w, tf.div(desired(norm), tf.add(norm, epsilon)));
}

const axis = axisOrNull(0);

const table: Readonly<Record<string, Definition>> = {
  MaxNorm: define({ max_value: num(2), axis }, (w, { max_value, axis }) =>
    withNorm(w, axis, (norm) => tf.clipByValue(norm, 0, max_value)),
  ),
  NonNeg: define({}, (w) => tf.maximum(w, 0)),
  UnitNorm: define({ axis }, (w, { axis }) => tf.div(w, tf.add(normOf(w, axis), epsilon))),
  MinMaxNorm: define({ min_value: num(0), max_value: num(1), rate: num(1), axis }, (w, p) =>
    withNorm(w, p.axis, (norm) => {
      const clipped = tf.clipByValue(norm, p.min_value, p.max_value);
      return p.rate === 1 ? clipped : tf.add(tf.mul(clipped, p.rate), tf.mul(norm, 1 - p.rate));
    }),
  ),
};

const known = classNames(Object.keys(table));

/** Spellings that only Keras 2 accepts. */
const keras2Names: Readonly<Record<string, string>> = { maxnorm: 'MaxNorm', nonneg: 'NonNeg', unitnorm: 'UnitNorm' };

const family: Family<Constraint> = {
  kind: 'constraint',
  names: known.spellings,
  find(spelled, { kerasMajor }) {
    const name = known.find(spelled) ?? (kerasMajor === 2 ? keras2Names[spelled] : undefined);
    return name === undefined ? undefined : (config) => table[name](name, config);
  },
  wrap: (call: Callable, _, serialize) => ({
    apply: (w) => tidy(() => (call as (w: Tensor) => Tensor)(w)),
    serialize,
  }),
};
