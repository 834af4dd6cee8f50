// The layers AlphaDropout, GaussianDropout and GaussianNoise, which add noise while training.
// Source: https://keras.io/api/layers/regularization_layers/

import { add, cast, greaterEqual, mul, sub, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { floatInput } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import type { BaseLayerArgs, Kwargs, LayerContext } from '../base/layerArgs.js';
import { followsTfKeras } from '../base/logits.js';
import { RandomSource, seedField } from '../random/randomSource.js';
import { concreteShape, type NoiseShape, noiseShapeField, rateField } from './dropout.js';

/** The limit of selu at minus infinity, -scale alpha: https://arxiv.org/abs/1706.02515 */
const saturated = -1.0507009873554805 * 1.6732632423543772;

const alphaFields = { rate: rateField(), seed: seedField(), noiseShape: noiseShapeField() };

/** The arguments of Keras's AlphaDropout. */
export interface AlphaDropoutArgs extends BaseLayerArgs {
  /** Fraction of the values that are set to selu's limit at minus infinity, from 0 to 1. */
  rate: number;
  /** Shape of the random mask, which broadcasts to the input. Default null: the input's shape. */
  noiseShape?: NoiseShape;
  /** Default null: a random seed. */
  seed?: number | null;
}

/**
 * Dropout for networks with selu, which keeps the mean and the variance of the values. The identity except while
 * training.
 * Input and output: float32, any shape. Source: https://keras.io/api/layers/regularization_layers/alpha_dropout/
 */
export class AlphaDropout extends KerasLayer<typeof alphaFields> {
  static readonly className: string = 'AlphaDropout';

  readonly #random: RandomSource;

  constructor(args: AlphaDropoutArgs, context?: LayerContext) {
    super(args, alphaFields, context);
    this.supportsMasking = true;
    this.#random = new RandomSource(this.config.seed);
  }

  givesInput(): boolean {
    return true;
  }

  override call(inputs: Tensor | Tensor[], { training }: Kwargs = {}): Tensor {
    return tidy(() => {
      const x = floatInput(inputs);
      const { rate, noiseShape } = this.config;
      if (!training || rate === 0) return x;
      const kept = cast(greaterEqual(this.#random.drawUniform(concreteShape(noiseShape, x)), rate), 'float32');
      const a = ((1 - rate) * (1 + rate * saturated ** 2)) ** -0.5;
      const b = -a * saturated * rate;
      const mixed = add(mul(x, kept), mul(sub(1, kept), saturated));
      return add(mul(mixed, a), b);
    });
  }
}

/** Makes an AlphaDropout layer. Arguments, shapes and errors are those of the class. */
export function alphaDropout(args: AlphaDropoutArgs): AlphaDropout {
  return new AlphaDropout(args);
}

const gaussianFields = { rate: rateField(), seed: seedField() };

/** The arguments of Keras's GaussianDropout. */
export interface GaussianDropoutArgs extends BaseLayerArgs {
  /** A number from 0 to 1. The factors have the standard deviation sqrt(rate / (1 - rate)). */
  rate: number;
  /** Default null: a random seed. */
  seed?: number | null;
}

/**
 * Multiplies by normally distributed values of mean 1 while training.
 * Input and output: float32, any shape. Source: https://keras.io/api/layers/regularization_layers/gaussian_dropout/
 */
export class GaussianDropout extends KerasLayer<typeof gaussianFields> {
  static readonly className: string = 'GaussianDropout';

  readonly #random: RandomSource;

  constructor(args: GaussianDropoutArgs, context?: LayerContext) {
    super(args, gaussianFields, context);
    this.supportsMasking = true;
    this.#random = new RandomSource(this.config.seed);
  }

  givesInput(): boolean {
    return true;
  }

  override call(inputs: Tensor | Tensor[], { training }: Kwargs = {}): Tensor {
    return tidy(() => {
      const x = floatInput(inputs);
      const { rate } = this.config;
      if (!training || rate === 0) return x;
      return mul(x, this.#random.drawNormal(x.shape, 1, Math.sqrt(rate / (1 - rate))));
    });
  }
}

/** Makes a GaussianDropout layer. Arguments, shapes and errors are those of the class. */
export function gaussianDropout(args: GaussianDropoutArgs): GaussianDropout {
  return new GaussianDropout(args);
}

const noiseFields = { stddev: rateField(), seed: seedField() };

/** The arguments of Keras's GaussianNoise. */
export interface GaussianNoiseArgs extends BaseLayerArgs {
  /** Standard deviation of the noise, from 0 to 1. */
  stddev: number;
  /** Default null: a random seed. */
  seed?: number | null;
}

/**
 * Adds normally distributed values of mean 0 while training.
 * Input and output: float32, any shape. Source: https://keras.io/api/layers/regularization_layers/gaussian_noise/
 */
export class GaussianNoise extends KerasLayer<typeof noiseFields> {
  static readonly className: string = 'GaussianNoise';

  readonly #random: RandomSource;

  constructor(args: GaussianNoiseArgs, context?: LayerContext) {
    super(args, noiseFields, context);
    this.supportsMasking = true;
    this.#random = new RandomSource(this.config.seed);
  }

  givesInput(): boolean {
    return true;
  }

  override call(inputs: Tensor | Tensor[], { training }: Kwargs = {}): Tensor {
    return tidy(() => {
      const x = floatInput(inputs);
      const { stddev } = this.config;
      if (!training) return x;
      if (stddev > 0) return add(x, this.#random.drawNormal(x.shape, 0, stddev));
      // tf.keras adds noise without size: its sum is no output of softmax any more, for crossentropies.
      return followsTfKeras() ? add(x, 0) : x;
    });
  }
}

/** Makes a GaussianNoise layer. Arguments, shapes and errors are those of the class. */
export function gaussianNoise(args: GaussianNoiseArgs): GaussianNoise {
  return new GaussianNoise(args);
}
