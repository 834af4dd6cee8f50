// The layers ReLU, LeakyReLU, ELU and ThresholdedReLU: activation functions with parameters.
// Source: https://keras.io/api/layers/activation_layers/

import { greater, type Tensor, tidy, where, zerosLike } from '@tensorflow/tfjs-core';
import { type ActivationFunction, getActivation } from '../activations/activations.js';
import { type Field, number } from '../base/fields.js';
import { floatInput } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { BaseLayerArgs, LayerContext } from '../base/layerArgs.js';
import { withoutGradient } from '../base/masks.js';

/** A number that is not negative. @param words the layer's name in Keras's message. */
function notNegative(missing: number, words: string): Field<number> {
  return {
    parse(value, { key }) {
      const given = value === undefined ? missing : value;
      if (typeof given === 'number' && given >= 0) return given;
      throw new KerasValueError(
        `${key} of ${words} cannot be None or a negative value. Received: ${key}=${showValue(given)}`,
      );
    },
    serialize: (value) => value,
  };
}

function notNegativeOrNull(words: string): Field<number | null> {
  const inner = notNegative(0, words);
  return { parse: (value, context) => (value == null ? null : inner.parse(value, context)), serialize: (v) => v };
}

const reluFields = {
  maxValue: notNegativeOrNull('a ReLU layer'),
  negativeSlope: notNegative(0, 'a ReLU layer'),
  threshold: notNegative(0, 'a ReLU layer'),
};

/** The arguments of Keras's ReLU. */
export interface ReLUArgs extends BaseLayerArgs {
  /** Largest output. Default null: no limit. */
  maxValue?: number | null;
  /** Slope below the threshold. Default 0. */
  negativeSlope?: number;
  /** Default 0. */
  threshold?: number;
}

/**
 * Gives x where x >= threshold, at most maxValue, and negativeSlope (x - threshold) elsewhere.
 * Input and output: float32, any shape. Source: https://keras.io/api/layers/activation_layers/relu/
 *
 * @throws ValueError for a negative argument.
 */
export class ReLU extends KerasLayer<typeof reluFields> {
  static readonly className: string = 'ReLU';
  static readonly mayBeRelu = true;

  readonly #activation: ActivationFunction;

  constructor(args: ReLUArgs = {}, context?: LayerContext) {
    super(args, reluFields, context);
    this.supportsMasking = true;
    const { maxValue: max_value, negativeSlope: negative_slope, threshold } = this.config;
    this.#activation = getActivation({ class_name: 'relu', config: { max_value, negative_slope, threshold } });
  }

  /** Whether it computes max(x, 0). */
  get isRelu(): boolean {
    return this.#activation.fused?.activation === 'relu';
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => this.#activation.apply(floatInput(inputs)));
  }
}

/** Makes a ReLU layer. Arguments, shapes and errors are those of the class. */
export function reLU(args: ReLUArgs = {}): ReLU {
  return new ReLU(args);
}

const leakyFields = { negativeSlope: notNegative(0.3, 'a Leaky ReLU layer') };

/** The arguments of Keras's LeakyReLU. */
export interface LeakyReLUArgs extends BaseLayerArgs {
  /** Slope below zero. Default 0.3. */
  negativeSlope?: number;
  /** The name of negativeSlope in Keras 2 and TensorFlow.js. */
  alpha?: number;
}

/**
 * Gives x where x >= 0 and negativeSlope x elsewhere.
 * Input and output: float32, any shape. Source: https://keras.io/api/layers/activation_layers/leaky_relu/
 *
 * @throws ValueError for a negative slope.
 */
export class LeakyReLU extends KerasLayer<typeof leakyFields> {
  static readonly className: string = 'LeakyReLU';
  static override readonly ignoredKeys: readonly string[] = ['alpha'];

  readonly #activation: ActivationFunction;

  constructor(args: LeakyReLUArgs = {}, context?: LayerContext) {
    super(args.alpha === undefined ? args : { ...args, negative_slope: args.alpha }, leakyFields, context);
    this.supportsMasking = true;
    const { negativeSlope: negative_slope } = this.config;
    this.#activation = getActivation({ class_name: 'leaky_relu', config: { negative_slope } });
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => this.#activation.apply(floatInput(inputs)));
  }
}

/** Makes a LeakyReLU layer. Arguments, shapes and errors are those of the class. */
export function leakyReLU(args: LeakyReLUArgs = {}): LeakyReLU {
  return new LeakyReLU(args);
}

const eluFields = { alpha: number(1) };

/** The arguments of Keras's ELU. */
export interface ELUArgs extends BaseLayerArgs {
  /** Default 1. */
  alpha?: number;
}

/**
 * Gives x where x >= 0 and alpha (exp(x) - 1) elsewhere.
 * Input and output: float32, any shape. Source: https://keras.io/api/layers/activation_layers/elu/
 */
export class ELU extends KerasLayer<typeof eluFields> {
  static readonly className: string = 'ELU';

  readonly #activation: ActivationFunction;

  constructor(args: ELUArgs = {}, context?: LayerContext) {
    super(args, eluFields, context);
    this.supportsMasking = true;
    this.#activation = getActivation({ class_name: 'elu', config: { alpha: this.config.alpha } });
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => this.#activation.apply(floatInput(inputs)));
  }
}

/** Makes an ELU layer. Arguments, shapes and errors are those of the class. */
export function elu(args: ELUArgs = {}): ELU {
  return new ELU(args);
}

const thresholdedFields = { theta: notNegative(1, 'a Thresholded ReLU layer') };

/** The arguments of Keras 2's ThresholdedReLU. */
export interface ThresholdedReLUArgs extends BaseLayerArgs {
  /** Default 1. */
  theta?: number;
}

/**
 * Gives x where x > theta and 0 elsewhere. Keras 2 and TensorFlow.js have this layer; Keras 3 has ReLU with a
 * threshold.
 * Input and output: float32, any shape.
 * Source: https://keras.io/api/layers/activation_layers/
 *
 * @throws ValueError for a negative theta.
 */
export class ThresholdedReLU extends KerasLayer<typeof thresholdedFields> {
  static readonly className: string = 'ThresholdedReLU';

  constructor(args: ThresholdedReLUArgs = {}, context?: LayerContext) {
    super(args, thresholdedFields, context);
    this.supportsMasking = true;
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const x = floatInput(inputs);
      return where(
        withoutGradient(() => greater(x, this.config.theta)),
        x,
        zerosLike(x),
      );
    });
  }
}

/** Makes a ThresholdedReLU layer. Arguments, shapes and errors are those of the class. */
export function thresholdedReLU(args: ThresholdedReLUArgs = {}): ThresholdedReLU {
  return new ThresholdedReLU(args);
}
