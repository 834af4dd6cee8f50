// The base of the random image layers. They are the identity except while training.
// Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/

import { add, cast, div, mul, sub, type Tensor, tensor4d, where } from '@tensorflow/tfjs-core';
import { registerZeroGradients } from '../../tfjs/zeroGradients.js';
import type { Field, Fields, KerasDataFormat } from '../base/fields.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { LayerContext } from '../base/layerArgs.js';
import { uniformNumbers } from '../random/distributions.js';
import { RandomSource } from '../random/randomSource.js';
import { type BoxesAndLabels, withBoxes } from './boundingBoxes.js';
import { IMAGES, ImageLayer, type ImageLayerArgs, MASKS, mapParts, type Parts } from './imageLayer.js';
import { applyToBatch, type Size, sizeOf } from './images.js';

export type Range = readonly [number, number];

/** The arguments of all random image layers. */
export interface AugmentationArgs extends ImageLayerArgs {
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
export abstract class Augmentation<F extends Fields> extends ImageLayer<F> {
  static override readonly ignoredKeys: readonly string[] = ['dataFormat', 'seed'];

  /** Where random numbers come from; a layer that mixes others gives them its own. */
  random: RandomSource;
  #isTraining = false;

  constructor(args: object, fields: F, context?: LayerContext) {
    super(args, fields, context);
    this.supportsMasking = true;
    const { seed = null } = this.config as { seed?: number | null };
    this.random = new RandomSource(seed);
  }

  /** Transforms a batch of images while training. Called in a tidy. */
  protected abstract transform(images: Tensor): Tensor;

  protected override callImages(images: Tensor, training: boolean): Tensor {
    this.#isTraining = training;
    return training ? applyToBatch(images, (batch) => this.transform(batch)) : this.atInference(images);
  }

  protected override callParts(parts: Parts, training: boolean): Parts {
    this.#isTraining = training;
    const images = parts.get(IMAGES) as Tensor;
    return training ? this.transformParts(parts, images) : this.partsAtInference(parts, images);
  }

  /** Transforms a batch and what belongs to it while training. A layer that changes colors changes the images alone. */
  protected transformParts(parts: Parts, images: Tensor): Parts {
    return new Map(parts).set(IMAGES, this.transform(images));
  }

  /** A batch and what belongs to it, where nothing trains. */
  protected partsAtInference(parts: Parts, images: Tensor): Parts {
    return new Map(parts).set(IMAGES, this.atInference(images));
  }

  /** The images, one or a batch, where nothing trains. */
  protected atInference(images: Tensor): Tensor {
    return images;
  }

  /** Where nothing trains Keras gives the tensors themselves, which keep their masks. */
  override computeMask(_inputs: Tensor | Tensor[], mask?: Tensor | Tensor[]): Tensor {
    if (this.#isTraining) return null as unknown as Tensor;
    return (this.hasKeys ? mask : [mask ?? null].flat()[0]) as Tensor;
  }
}

/**
 * A random image layer in two steps, what is drawn and what that does, so that layers which mix others can share a stream
 * and tests can say what is drawn.
 */
export abstract class DrawnAugmentation<F extends Fields, D> extends Augmentation<F> {
  /** Draws for the images of a batch. */
  abstract draw(images: Tensor): D;

  /** Transforms a batch of images. Called in a tidy. */
  abstract applyDraw(images: Tensor, draw: D): Tensor;

  protected override transform(images: Tensor): Tensor {
    registerZeroGradients(); // of comparisons of pixels
    return this.applyDraw(images, this.draw(images));
  }

  /** Transforms a batch and what belongs to it. A layer that changes colors changes the images alone. */
  protected applyToParts(parts: Parts, images: Tensor, draw: D): Parts {
    return new Map(parts).set(IMAGES, this.applyDraw(images, draw));
  }

  protected override transformParts(parts: Parts, images: Tensor): Parts {
    return this.transformDrawn(parts, this.draw(images));
  }

  /** Transforms a batch and what belongs to it by what was drawn before. Called in a tidy. */
  transformDrawn(parts: Parts, draw: D): Parts {
    registerZeroGradients();
    return this.applyToParts(parts, parts.get(IMAGES) as Tensor, draw);
  }

  /** A number for each image, uniform in [lower, upper). */
  protected drawEach({ shape }: Tensor, [lower, upper]: Range): number[] {
    return uniformNumbers(this.random.stream, shape[0], lower, upper);
  }

  /** Whether each image is changed, with a probability that is itself uniform in [lower, upper). */
  protected drawChosen(images: Tensor, factor: Range): boolean[] {
    const probabilities = this.drawEach(images, factor);
    return this.drawEach(images, [0, 1]).map((value, i) => value < probabilities[i]);
  }
}

/** A layer that draws where pixels move to. Masks move with them, each pixel to the nearest, and bounding boxes. */
export abstract class MovingAugmentation<F extends Fields, D> extends DrawnAugmentation<F, D> {
  abstract override applyDraw(images: Tensor, draw: D, sampling?: 'nearest'): Tensor;

  /** Moves boxes [n, boxes, 4] in the layer's format, of images of this size; a box that leaves them gets the label -1. */
  protected abstract moveBoxes(boxes: BoxesAndLabels, draw: D, size: Size): BoxesAndLabels;

  protected override applyToParts(parts: Parts, images: Tensor, draw: D): Parts {
    const moved = mapParts(parts, {
      [IMAGES]: () => this.applyDraw(images, draw),
      [MASKS]: (masks) => this.applyDraw(cast(masks, 'float32'), draw, 'nearest'),
    });
    return this.withMovedBoxes(moved, images, draw);
  }

  /** The parts with the boxes of these images moved, if there are some, and nothing else. Called in a tidy. */
  withMovedBoxes(parts: Parts, images: Tensor, draw: D): Parts {
    const { dataFormat } = this.config as unknown as { readonly dataFormat: KerasDataFormat };
    return withBoxes(parts, (boxes, labels) => this.moveBoxes({ boxes, labels }, draw, sizeOf(images, dataFormat)));
  }
}

/** A number for each image, in a shape that broadcasts against a batch. */
export function perImage(values: readonly number[]): Tensor {
  return tensor4d([...values], [values.length, 1, 1, 1]);
}

/** The changed images where they are chosen, and the others as they were. */
export function whereChosen(isChosen: readonly boolean[], changed: Tensor, images: Tensor): Tensor {
  const chosen = tensor4d(isChosen.map(Number), [isChosen.length, 1, 1, 1], 'bool');
  return where(chosen, changed, images);
}

/** Maps the values of one range to another. */
export function mapRange(x: Tensor, [low, high]: Range, [targetLow, targetHigh]: Range): Tensor {
  if (low === targetLow && high === targetHigh) return x;
  return add(mul(div(sub(x, low), high - low), targetHigh - targetLow), targetLow);
}
