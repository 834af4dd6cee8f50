// Keras's weight penalties by name, config, function or instance: https://keras.io/api/layers/regularizers/

import * as tf from '@tensorflow/tfjs-core';
import { type Scalar, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { type Json, kerasObject } from '../../core/json.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { classNames } from '../serialization/classNames.js';
import { anything, type Param, type Params, readParams, type Values } from '../serialization/params.js';
import { type Callable, type Family, type ResolveOptions, resolve } from '../serialization/resolve.js';

/** A penalty on a weight or an output, added to the loss. */
export interface Regularizer {
  /** Computes the penalty, a differentiable scalar. Does not dispose x. */
  apply(x: Tensor): Scalar;
  /** As keras.regularizers.serialize. */
  serialize(): Json;
}

/**
 * Finds or makes a regularizer; null stays null.
 * @param identifier null, a name, the serialized form of Keras 2, Keras 3 or TensorFlow.js, a function of a tensor, an
 *   instance with `apply`, or the result of this function.
 * @throws ValueError for an unknown name, and for factors that are not finite numbers from 0 up.
 */
export function getRegularizer(identifier: unknown, options: ResolveOptions = {}): Regularizer | null {
  return identifier == null ? null : resolve(family, identifier, options);
}

function factor(missing: number): Param<number> {
  return {
    read(given, _, key) {
      const value = given ?? missing;
      if (typeof value === 'number' && value >= 0 && Number.isFinite(value)) return value;
      throw new KerasValueError(
        `Invalid value for argument ${key}: expected a non-negative float. Received: ${key}=${showValue(given)}`,
      );
    },
  };
}

/** sum |x|. Its gradient is sign(x) and thus 0 at 0, where that of tf.abs is -1. */
const sumAbs = tf.customGrad((x, save) => {
  (save as tf.GradSaveFunc)([x as Tensor]);
  const gradFunc = (dy: Tensor, [saved]: Tensor[]) => tf.mul(dy, tf.sign(saved));
  return { value: tf.sum(tf.abs(x as Tensor)), gradFunc };
}) as (x: Tensor) => Scalar;

/** The scalar 0 with a zero gradient in x, so that a loss of this term alone has a gradient. */
const zeroPenalty = tf.customGrad((x) => {
  const { shape } = x as Tensor;
  return { value: tf.scalar(0), gradFunc: () => tf.zeros(shape) };
}) as (x: Tensor) => Scalar;

const sumSquares = (x: Tensor) => tf.sum(tf.square(x)) as Scalar;

type Definition = (className: string, config: unknown) => Regularizer;

function define<P extends Params>(
  params: P,
  make: (values: Values<P>) => [config: Json, penalty: (x: Tensor) => Scalar],
): Definition {
  return (className, given) => {
    const [config, penalty] = make(readParams(className, params, given));
    return Object.freeze({
      apply: (x: Tensor) => tidy(() => penalty(x)),
      serialize: () => kerasObject('keras.regularizers', className, config),
    });
  };
}

function l1l2({ l1, l2 }: { readonly l1: number; readonly l2: number }): (x: Tensor) => Scalar {
  return (x) => {
    const first = l1 === 0 ? undefined : tf.mul(sumAbs(x), l1);
    const second = l2 === 0 ? undefined : tf.mul(sumSquares(x), l2);
    return (first && second ? tf.add(first, second) : (first ?? second ?? zeroPenalty(x))) as Scalar;
  };
}

const table: Readonly<Record<string, Definition>> = {
  // Keras keeps the factors of L1 and OrthogonalRegularizer in a float32 tensor and serializes the rounded value.
  L1: define({ l1: factor(0.01) }, ({ l1 }) => [{ l1: Math.fround(l1) }, (x) => tf.mul(sumAbs(x), l1) as Scalar]),
  L2: define({ l2: factor(0.01) }, ({ l2 }) => [{ l2 }, (x) => tf.mul(sumSquares(x), l2) as Scalar]),
  L1L2: define({ l1: factor(0), l2: factor(0) }, (factors) => [factors, l1l2(factors)]),
  OrthogonalRegularizer: define({ factor: factor(0.01), mode: anything('rows') }, ({ factor, mode }) => {
    if (mode !== 'rows' && mode !== 'columns') {
      throw new KerasValueError(
        `Invalid value for argument \`mode\`. Expected one of {"rows", "columns"}. Received: mode=${showValue(mode)}`,
      );
    }
    return [{ factor: Math.fround(factor), mode }, (x) => orthogonality(x, factor, mode === 'rows')];
  }),
};

/** factor * mean of |cosine| over all pairs of rows (or columns). */
function orthogonality(x: Tensor, factor: number, ofRows: boolean): Scalar {
  if (x.rank !== 2) {
    throw new KerasValueError(
      `Inputs to OrthogonalRegularizer must have rank 2. Received: inputs.shape=${showValue(x.shape)}`,
    );
  }
  const w = x as tf.Tensor2D;
  const lengths = tf.rsqrt(tf.sum(tf.square(w), ofRows ? 1 : 0, true));
  const unit = tf.mul(w, tf.minimum(lengths, 1e7)) as tf.Tensor2D;
  const products = tf.matMul(unit, unit, !ofRows, ofRows);
  const size = products.shape[0];
  const others = tf.mul(products, tf.sub(1, tf.eye(size)));
  const pairs = (size * (size - 1)) / 2;
  return tf.mul(sumAbs(others), (factor * 0.5) / pairs) as Scalar;
}

const known = classNames(Object.keys(table));

const family: Family<Regularizer> = {
  kind: 'regularizer',
  names: known.spellings,
  find(spelled, { kerasMajor }) {
    // In Keras 2 this is a function whose factors both default to 0.01.
    if (spelled === 'l1_l2' && kerasMajor === 2)
      return (config) => table.L1L2('L1L2', { l1: 0.01, l2: 0.01, ...(config as object) });
    const name = known.find(spelled);
    return name === undefined ? undefined : (config) => table[name](name, config);
  },
  wrap: (call: Callable, _, serialize) => ({
    apply: (x) => tidy(() => tf.reshape((call as (x: Tensor) => Tensor)(x), []) as Scalar),
    serialize,
  }),
};
