// The layers Dropout and SpatialDropout1D to 3D. While training they set random values to zero and scale the others, so
// that the expected sum does not change. Source: https://keras.io/api/layers/regularization_layers/dropout/

import {
  customGrad,
  type GradSaveFunc,
  greaterEqual,
  mul,
  reshape,
  type Tensor,
  tidy,
  util,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { Json } from '../../core/json.js';
import { dataFormat, type Field, type Fields } from '../base/fields.js';
import { floatInput } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { BaseLayerArgs, Kwargs, LayerContext } from '../base/layerArgs.js';
import { RandomSource, seedField } from '../random/randomSource.js';

/** A number from 0 to 1. */
export function rateField(): Field<number> {
  return {
    parse(value, { key }) {
      if (typeof value === 'number' && value >= 0 && value <= 1) return value;
      throw new KerasValueError(
        `Invalid value received for argument \`${key}\`. Expected a float value between 0 and 1. Received: ${key}=${showValue(value)}`,
      );
    },
    serialize: (value) => value,
  };
}

/** The shape of the random mask; null stands for the input's size, or for its whole shape. */
export type NoiseShape = readonly (number | null)[] | null;

/** The argument noise_shape. */
export function noiseShapeField(): Field<NoiseShape> {
  return {
    parse(value, { key }) {
      if (value == null) return null;
      const isSize = (size: unknown) => size === null || (Number.isInteger(size) && (size as number) > 0);
      if (Array.isArray(value) && value.every(isSize)) return value;
      throw new KerasValueError(
        `Invalid value received for argument \`${key}\`. Expected all elements to be positive integers or None. Received: ${key}=${showValue(value)}`,
      );
    },
    serialize: (value) => value,
  };
}

/** The shape of the random mask for this input. Throws ValueError if it does not broadcast to the input. */
export function concreteShape(noiseShape: NoiseShape, { shape }: Tensor): readonly number[] {
  if (noiseShape === null) return shape;
  const fits =
    noiseShape.length === shape.length &&
    noiseShape.every((size, i) => size === null || size === 1 || size === shape[i]);
  if (!fits) {
    throw new KerasValueError(
      `Argument \`noise_shape\` does not broadcast to the input. Received: noise_shape=${showValue(noiseShape)}, input shape ${showValue(shape)}`,
    );
  }
  return noiseShape.map((size, i) => size ?? shape[i]);
}

interface Rate {
  readonly rate: number;
  readonly seed: number | null;
}

/** How a mask meets the values. */
interface Mask {
  readonly shape: readonly number[];
  /** The shape of the values to which it broadcasts. */
  readonly ofValues: readonly number[];
}

/**
 * Applies dropout with a random mask: zero with probability `rate`, x / (1 - rate) otherwise. The gradient goes the same way;
 * TensorFlow.js's own takes three times as many kernels.
 */
function drop(x: Tensor, { rate }: Rate, { shape, ofValues }: Mask, random: RandomSource): Tensor {
  if (rate === 1) return zerosLike(x);
  const isKept = greaterEqual(random.drawUniform(shape), rate);
  const scaled = (values: Tensor, kept: Tensor): Tensor => {
    const shaped = reshape(values, [...ofValues]);
    return reshape(where(kept, mul(shaped, 1 / (1 - rate)), zerosLike(shaped)), values.shape);
  };
  const op = customGrad((given, save) => {
    const value = scaled(given as Tensor, isKept);
    (save as GradSaveFunc)([isKept]);
    return { value, gradFunc: (dy: Tensor, [kept]: Tensor[]) => scaled(dy, kept) };
  }) as (given: Tensor) => Tensor;
  return op(x);
}

const dropoutFields = { rate: rateField(), seed: seedField(), noiseShape: noiseShapeField() };

/** The arguments of Keras's Dropout. */
export interface DropoutArgs extends BaseLayerArgs {
  /** Fraction of the values that become zero, from 0 to 1. */
  rate: number;
  /**
   * Shape of the random mask, which broadcasts to the input. A null size is the input's. Default null: the input's
   * shape.
   */
  noiseShape?: NoiseShape;
  /** Default null: a random seed. */
  seed?: number | null;
}

/**
 * Sets random values to zero while training; the identity otherwise. Input and output: float32, any shape.
 * Source: https://keras.io/api/layers/regularization_layers/dropout/
 *
 * @throws ValueError for a rate outside of [0, 1] or a noise shape that does not fit.
 */
export class Dropout extends KerasLayer<typeof dropoutFields> {
  static readonly className: string = 'Dropout';

  readonly #random: RandomSource;

  constructor(args: DropoutArgs, context?: LayerContext) {
    super(args, dropoutFields, context);
    this.supportsMasking = true;
    this.#random = new RandomSource(this.config.seed);
  }

  /** tf.keras copies it. */
  givesInput(isTfKeras: boolean): boolean {
    return !isTfKeras;
  }

  override call(inputs: Tensor | Tensor[], { training }: Kwargs = {}): Tensor {
    return tidy(() => {
      const x = floatInput(inputs);
      if (!training || this.config.rate === 0) return x;
      const { noiseShape } = this.config;
      const mask =
        noiseShape === null
          ? { shape: [x.size], ofValues: [x.size] }
          : { shape: concreteShape(noiseShape, x), ofValues: x.shape };
      return drop(x, this.config, mask, this.#random);
    });
  }
}

/** Makes a Dropout layer. Arguments, shapes and errors are those of the class. */
export function dropout(args: DropoutArgs): Dropout {
  return new Dropout(args);
}

const spatialFields = { rate: rateField(), seed: seedField() };
const spatialFieldsWithFormat = { ...spatialFields, dataFormat: dataFormat() };

/** The arguments of Keras's SpatialDropout1D. */
export interface SpatialDropout1DArgs extends BaseLayerArgs {
  /** Fraction of the channels that become zero, from 0 to 1. */
  rate: number;
  /** Default null: a random seed. */
  seed?: number | null;
}

/** The arguments of Keras's SpatialDropout2D and SpatialDropout3D. */
export interface SpatialDropoutArgs extends SpatialDropout1DArgs {
  /** 'channels_last' or 'channels_first'. Default null: what `imageDataFormat()` says. */
  dataFormat?: string | null;
}

abstract class SpatialDropout<F extends Fields> extends KerasLayer<F> {
  readonly #random: RandomSource;

  constructor(args: object, fields: F, context: LayerContext | undefined, rank: number) {
    super(args, fields, context);
    this.supportsMasking = true;
    this.inputRules = [{ rank }];
    this.#random = new RandomSource((this.config as unknown as Rate).seed);
  }

  /** As in Keras, the config lacks `trainable`, and `dtype` is the name of the variables' dtype instead of a policy. */
  override getKerasConfig(): Record<string, Json> {
    const { trainable: _, ...config } = super.getKerasConfig();
    const { name } = this.dtypePolicy;
    return { ...config, dtype: name.startsWith('mixed_') ? 'float32' : name };
  }

  /** tf.keras copies it. */
  givesInput(isTfKeras: boolean): boolean {
    return !isTfKeras;
  }

  override call(inputs: Tensor | Tensor[], { training }: Kwargs = {}): Tensor {
    return tidy(() => {
      const x = floatInput(inputs);
      const config = this.config as unknown as Rate & { readonly dataFormat?: string };
      if (!training || config.rate === 0) return x;
      // A mask of rank 5 would not broadcast on WebGL, so the spatial dimensions become one.
      const [batch, ...others] = x.shape;
      const isFirst = config.dataFormat === 'channels_first';
      const channels = isFirst ? others[0] : others[others.length - 1];
      const positions = util.sizeFromShape(isFirst ? others.slice(1) : others.slice(0, -1));
      const ofValues = isFirst ? [batch, channels, positions] : [batch, positions, channels];
      const shape = isFirst ? [batch, channels, 1] : [batch, 1, channels];
      return drop(x, config, { shape, ofValues }, this.#random);
    });
  }
}

/**
 * Sets whole channels to zero while training. Input and output: float32 [batch, steps, channels].
 * Source: https://keras.io/api/layers/regularization_layers/spatial_dropout1d/
 */
export class SpatialDropout1D extends SpatialDropout<typeof spatialFields> {
  static readonly className: string = 'SpatialDropout1D';

  constructor(args: SpatialDropout1DArgs, context?: LayerContext) {
    super(args, spatialFields, context, 3);
  }
}

/** Makes a SpatialDropout1D layer. Arguments, shapes and errors are those of the class. */
export function spatialDropout1d(args: SpatialDropout1DArgs): SpatialDropout1D {
  return new SpatialDropout1D(args);
}

/**
 * Sets whole channels to zero while training. Input and output: float32, rank 4.
 * Source: https://keras.io/api/layers/regularization_layers/spatial_dropout2d/
 */
export class SpatialDropout2D extends SpatialDropout<typeof spatialFieldsWithFormat> {
  static readonly className: string = 'SpatialDropout2D';

  constructor(args: SpatialDropoutArgs, context?: LayerContext) {
    super(args, spatialFieldsWithFormat, context, 4);
  }
}

/** Makes a SpatialDropout2D layer. Arguments, shapes and errors are those of the class. */
export function spatialDropout2d(args: SpatialDropoutArgs): SpatialDropout2D {
  return new SpatialDropout2D(args);
}

/**
 * Sets whole channels to zero while training. Input and output: float32, rank 5.
 * Source: https://keras.io/api/layers/regularization_layers/spatial_dropout3d/
 */
export class SpatialDropout3D extends SpatialDropout<typeof spatialFieldsWithFormat> {
  static readonly className: string = 'SpatialDropout3D';

  constructor(args: SpatialDropoutArgs, context?: LayerContext) {
    super(args, spatialFieldsWithFormat, context, 5);
  }
}

/** Makes a SpatialDropout3D layer. Arguments, shapes and errors are those of the class. */
export function spatialDropout3d(args: SpatialDropoutArgs): SpatialDropout3D {
  return new SpatialDropout3D(args);
}
