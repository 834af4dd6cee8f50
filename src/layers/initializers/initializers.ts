// Keras's initializers by name, config, function or instance: https://keras.io/api/layers/initializers/
// The table has one row per class: its parameters, in the order in which Keras writes them, and how it fills an array.

import type { DataType, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type Json, kerasObject } from '../../core/json.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { fillNormal, fillUniform, type Random } from '../random/seededRandom.js';
import { type Seed, seedParam } from '../random/seedParam.js';
import { classNames } from '../serialization/classNames.js';
import {
  anything,
  axesOrNull,
  flag,
  num,
  type Params,
  type ReadOptions,
  readParams,
  type Values,
} from '../serialization/params.js';
import { type Callable, type Family, type ResolveOptions, resolve } from '../serialization/resolve.js';
import { readConstant, serializedArray } from './constant.js';
import { fillOrthogonal } from './orthogonal.js';
import { checkStft, fillStft, type Stft } from './stft.js';
import { checkVarianceScaling, fillVarianceScaling } from './varianceScaling.js';

/** Makes the first value of a weight. */
export interface Initializer {
  /** Makes a new tensor. Random initializers need float32, the default; the others accept any numeric dtype. */
  apply(shape: number[], dtype?: DataType): Tensor;
  /** As keras.initializers.serialize. */
  serialize(): Json;
}

/**
 * Finds or makes an initializer. Null stays null, as in Keras's configs; the weight is then made with glorot_uniform.
 * @param identifier null, a name, the serialized form of Keras 2, Keras 3 or TensorFlow.js, a function of (shape, dtype),
 *   an instance with `apply`, or a tensor or array that holds the values.
 * @throws ValueError for an unknown name and for parameters that Keras refuses.
 */
export function getInitializer(identifier: unknown, options: ResolveOptions = {}): Initializer | null {
  if (identifier == null) return null;
  const isArray = identifier instanceof tf.Tensor || Array.isArray(identifier) || ArrayBuffer.isView(identifier);
  return isArray ? fixedValues(identifier) : resolve(family, identifier, options);
}

type Definition = (className: string, config: unknown) => Initializer;

/** Keys of older files that change nothing here. */
const legacy: ReadOptions = { ignored: ['dtype', 'partition_info'] };

function define<P extends Params>(
  params: P,
  make: (values: Values<P>) => { config: Json; apply(shape: number[], dtype: DataType): Tensor },
): Definition {
  return (className, given) => {
    const { config, apply } = make(readParams(className, params, given, legacy));
    return Object.freeze({
      apply: (shape: number[], dtype: DataType = 'float32') => apply(shape, dtype),
      serialize: () => kerasObject('keras.initializers', className, config),
    });
  };
}

type Fill = (values: Float32Array, shape: readonly number[], random: Random) => void;

/** Makes a float32 tensor. `fill` writes its values in place, so that a large kernel is in memory once. */
function filled(className: string, shape: number[], dtype: DataType, seed: Seed | null, fill: Fill): Tensor {
  if (dtype !== 'float32') {
    throw new KerasValueError(`${className}: Initializer needs a floating point dtype. Received: dtype=${dtype}`);
  }
  const values = new Float32Array(tf.util.sizeFromShape(shape));
  fill(values, shape, seed ? seed.start() : () => 0);
  return tf.tensor(values, shape);
}

/** The Glorot, He and LeCun initializers: variance scaling with a fixed scale, mode and distribution. */
function scaled(scale: number, mode: string, distribution: string): Definition {
  return define({ seed: seedParam, input_axes: axesOrNull, output_axes: axesOrNull }, ({ seed, ...axes }) => ({
    config: { seed: seed.json, ...axes },
    apply: (shape, dtype) =>
      filled('VarianceScaling', shape, dtype, seed, (values, shape, random) =>
        fillVarianceScaling(values, shape, { scale, mode, distribution, ...axes }, random),
      ),
  }));
}

/** RandomNormal and TruncatedNormal. @param limit in standard deviations; values beyond it are drawn again. */
function normal(className: string, limit?: number): Definition {
  return define({ seed: seedParam, mean: num(0), stddev: num(0.05) }, ({ seed, mean, stddev }) => ({
    config: { seed: seed.json, mean, stddev },
    apply: (shape, dtype) =>
      filled(className, shape, dtype, seed, (values, _, random) => fillNormal(values, { mean, stddev, limit }, random)),
  }));
}

const table: Readonly<Record<string, Definition>> = {
  Zeros: define({}, () => ({ config: {}, apply: (shape, dtype) => tf.zeros(shape, dtype as 'float32') })),
  Ones: define({}, () => ({ config: {}, apply: (shape, dtype) => tf.ones(shape, dtype as 'float32') })),
  Constant: define({ value: anything<unknown>(0) }, ({ value }) => {
    const constant = readConstant(value);
    return { config: { value: constant.toJson() }, apply: (shape, dtype) => constant.fill(shape, dtype) };
  }),
  // Keras does not serialize the gain.
  Identity: define({ gain: num(1) }, ({ gain }) => ({
    config: {},
    apply: (shape, dtype) => identity(shape, dtype, gain),
  })),
  RandomNormal: normal('RandomNormal'),
  TruncatedNormal: normal('TruncatedNormal', 2),
  RandomUniform: define({ seed: seedParam, minval: num(-0.05), maxval: num(0.05) }, ({ seed, minval, maxval }) => ({
    config: { seed: seed.json, minval, maxval },
    apply: (shape, dtype) =>
      filled('RandomUniform', shape, dtype, seed, (values, _, random) => fillUniform(values, minval, maxval, random)),
  })),
  VarianceScaling: define(
    {
      seed: seedParam,
      scale: num(1),
      mode: anything('fan_in'),
      distribution: anything('truncated_normal'),
      input_axes: axesOrNull,
      output_axes: axesOrNull,
    },
    ({ seed, ...given }) => {
      const scaling = checkVarianceScaling(given);
      return {
        config: { seed: seed.json, ...scaling },
        apply: (shape, dtype) =>
          filled('VarianceScaling', shape, dtype, seed, (values, shape, random) =>
            fillVarianceScaling(values, shape, scaling, random),
          ),
      };
    },
  ),
  GlorotUniform: scaled(1, 'fan_avg', 'uniform'),
  GlorotNormal: scaled(1, 'fan_avg', 'truncated_normal'),
  HeUniform: scaled(2, 'fan_in', 'uniform'),
  HeNormal: scaled(2, 'fan_in', 'truncated_normal'),
  LecunUniform: scaled(1, 'fan_in', 'uniform'),
  LecunNormal: scaled(1, 'fan_in', 'truncated_normal'),
  Orthogonal: define({ seed: seedParam, gain: num(1) }, ({ seed, gain }) => ({
    config: { seed: seed.json, gain },
    apply: (shape, dtype) => orthogonal(shape, dtype, gain, seed),
  })),
  STFT: define(
    { side: anything('real'), window: anything<unknown>('hann'), periodic: flag(false), scaling: anything('density') },
    (given) => {
      const stft: Stft = checkStft(given);
      const apply = (shape: number[], dtype: DataType) =>
        filled('STFT', shape, dtype, null, (values, shape) => fillStft(values, shape, stft));
      return { config: { ...stft, window: stft.window as Json }, apply };
    },
  ),
};

function identity(shape: number[], dtype: DataType, gain: number): Tensor {
  if (shape.length !== 2) {
    throw new KerasValueError(
      `Identity matrix initializer can only be used for 2D matrices. Received: shape=${showValue(shape)} of rank ${shape.length}.`,
    );
  }
  return tf.tidy(() =>
    tf.mul(tf.eye(shape[0], shape[1], undefined, dtype as 'float32'), tf.scalar(gain, dtype as 'float32')),
  );
}

function orthogonal(shape: number[], dtype: DataType, gain: number, seed: Seed): Tensor {
  if (shape.length < 2) {
    throw new KerasValueError(
      `The tensor to initialize must be at least two-dimensional. Received: shape=${showValue(shape)} of rank ${shape.length}.`,
    );
  }
  return filled('Orthogonal', shape, dtype, seed, (values, shape, random) =>
    fillOrthogonal(values, shape[shape.length - 1], gain, random),
  );
}

/**
 * An initializer that gives these values; the weight must have exactly their shape. Keras serializes it as a function
 * that it cannot load. Here it becomes a Constant with the same values.
 */
function fixedValues(values: unknown): Initializer {
  const constant = readConstant(Array.isArray(values) ? serializedArray(values as Json) : values);
  return {
    apply(shape, dtype = 'float32') {
      if (!tf.util.arraysEqual(shape, [...constant.shape])) {
        throw new KerasValueError(
          `Expected \`shape\` to be ${showValue(constant.shape)} for direct tensor as initializer. Received shape=${showValue(shape)}`,
        );
      }
      return constant.fill(shape, dtype);
    },
    serialize: () => kerasObject('keras.initializers', 'Constant', { value: constant.toJson() }),
  };
}

/** Keras's aliases and TensorFlow.js's spellings, besides the class names in CamelCase and snake_case. */
const aliases: Readonly<Record<string, string>> = {
  IdentityInitializer: 'Identity',
  OrthogonalInitializer: 'Orthogonal',
  STFTInitializer: 'STFT',
  normal: 'RandomNormal',
  uniform: 'RandomUniform',
  one: 'Ones',
  zero: 'Zeros',
  LeCunNormal: 'LecunNormal',
  LeCunUniform: 'LecunUniform',
  le_cun_normal: 'LecunNormal',
  le_cun_uniform: 'LecunUniform',
};

const known = classNames(Object.keys(table), aliases);

const family: Family<Initializer> = {
  kind: 'initializer',
  names: known.spellings,
  find(spelled) {
    const name = known.find(spelled);
    return name === undefined ? undefined : (config) => table[name](name, config);
  },
  wrap: (call: Callable, _, serialize) => ({
    apply: (shape, dtype = 'float32') =>
      tf.tidy(() => (call as (shape: number[], dtype: DataType) => Tensor)(shape, dtype)),
    serialize,
  }),
};
