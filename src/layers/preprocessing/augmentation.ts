// The base of the random image layers. They are the identity except while training. Those whose transformation is not
// implemented pass images through with a warning.
// Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/

import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { Field, Fields } from '../base/fields.js';
import { floatInput } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { BaseLayerArgs, Kwargs, LayerContext } from '../base/layerArgs.js';
import { RandomSource } from '../random/randomSource.js';
import { applyToBatch } from './resizing.js';

export type Range = readonly [number, number];

/** The arguments of all random image layers. */
export interface AugmentationArgs extends BaseLayerArgs {
  /** Default null: a random seed. */
  seed?: number | null;
  /** 'channels_last' or 'channels_first'. Default null: what `imageDataFormat()` says. */
  dataFormat?: string | null;
}

function isNumberPair(value: unknown): value is Range {
  return Array.isArray(value) && value.length === 2 && value.every((item) => typeof item === 'number');
}

/** A range [lower, upper] within [low, high]. One number f stands for [-f, f], or [low, f] if -f is below `low`. */
export function rangeField(low: number, high: number, missing?: Range | number): Field<Range> {
  return {
    parse(value, { key }) {
      const given = value === undefined ? missing : value;
      if (isNumberPair(given) && given[0] <= high && given[1] >= low) {
        return [Math.min(...given), Math.max(...given)];
      }
      if (typeof given === 'number' && given >= low && given <= high) {
        const size = Math.abs(given);
        return [Math.max(-size, low), size];
      }
      throw new KerasValueError(
        `The \`${key}\` argument should be a number (or a list of two numbers) in the range [${low}, ${high}]. Received: ${key}=${showValue(value)}`,
      );
    },
    serialize: (value) => value,
  };
}

/** A number or a pair in [-1, 1], kept as given because the config shows it that way. */
export function rangeAsGiven(): Field<number | Range> {
  return {
    parse(value, { key }) {
      const isGood = (item: number) => item >= -1 && item <= 1;
      if (typeof value === 'number' && isGood(value)) return value;
      if (isNumberPair(value) && value.every(isGood)) return value;
      throw new KerasValueError(
        `The \`${key}\` argument should be a number (or a list of two numbers) in the range [-1.0, 1.0]. Received: ${key}=${showValue(value)}`,
      );
    },
    serialize: (value) => value,
  };
}

/** Like `rangeAsGiven`; null stays null. */
export function rangeAsGivenOrNull(): Field<number | Range | null> {
  const inner = rangeAsGiven();
  return { parse: (value, context) => (value == null ? null : inner.parse(value, context)), serialize: (v) => v };
}

/** The range [lower, upper] that a number f, [-f, f], or a pair stands for. */
export function rangeOf(value: number | Range): Range {
  return typeof value === 'number' ? [-Math.abs(value), Math.abs(value)] : [Math.min(...value), Math.max(...value)];
}

/** The range [low, high] of the images' values. Default [0, 255]. */
export function valueRange(): Field<Range> {
  return {
    parse(value, { key }) {
      const given = value === undefined ? [0, 255] : value;
      if (isNumberPair(given)) return [Math.min(...given), Math.max(...given)];
      throw new KerasValueError(
        `The \`${key}\` argument should be a list of two numbers. Received: ${key}=${showValue(value)}`,
      );
    },
    serialize: (value) => value,
  };
}

/** A random image layer. Input and output: float32 or int32 images, one or a batch; the output is float32. */
export abstract class Augmentation<F extends Fields> extends KerasLayer<F> {
  static override readonly ignoredKeys: readonly string[] = ['boundingBoxFormat', 'dataFormat', 'seed'];

  protected readonly random: RandomSource;

  constructor(args: object, fields: F, context?: LayerContext) {
    super(args, fields, context);
    const { seed = null } = this.config as { seed?: number | null };
    this.random = new RandomSource(seed);
  }

  /** Transforms a batch of images while training. Called in a tidy. */
  protected abstract transform(images: Tensor): Tensor;

  override call(inputs: Tensor | Tensor[], { training }: Kwargs = {}): Tensor {
    return tidy(() => {
      const x = floatInput(inputs);
      return training ? applyToBatch(x, (batch) => this.transform(batch)) : x;
    });
  }
}

const warned = new Set<string>();

/** A layer whose transformation is not implemented: the identity, with a warning in training, once for each class. */
export abstract class PassThroughAugmentation<F extends Fields> extends Augmentation<F> {
  protected override transform(images: Tensor): Tensor {
    const className = this.getClassName();
    if (!warned.has(className)) {
      warned.add(className);
      console.warn(`${className}: not implemented while training; pictures pass through unchanged.`);
    }
    return images.clone();
  }
}
