// The layers RandomHeight and RandomWidth of tf.keras, which stretch images while training.
// Source: https://www.tensorflow.org/versions/r2.15/api_docs/python/tf/keras/layers/RandomHeight

import type { Tensor } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import { type Field, oneOf } from '../base/fields.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { LayerContext } from '../base/layerArgs.js';
import { uniformNumbers } from '../random/distributions.js';
import { seedField } from '../random/randomSource.js';
import { interpolations, type Resampler } from '../reshaping/resampleMatrix.js';
import { resizeImages } from '../reshaping/resizeImages.js';
import { type AugmentationArgs, DrawnAugmentation, type Range } from './augmentation.js';
import { IMAGES, LABELS } from './imageLayer.js';
import { type Size, sizeOf } from './images.js';

/** A number f, for [-f, f], or a pair, kept as given because the config shows it that way. */
const factor: Field<number | Range> = {
  parse(value, { where, key }) {
    const [low, high] = Array.isArray(value) && value.length === 2 ? value : [-(value as number), value];
    const isGood = typeof value !== 'string' && Number.isFinite(low) && low >= -1 && high >= low;
    if (isGood) return value as number | Range;
    throw new KerasValueError(
      `The \`${key}\` argument of ${where} should be a number from 0 to 1, or two numbers, the lower one first and neither below -1. Received: ${key}=${showValue(value)}`,
    );
  },
  serialize: (value) => value,
};

const resamplers: readonly Resampler[] = [...interpolations, 'gaussian', 'mitchellcubic'];

const fields = {
  factor,
  interpolation: oneOf<Resampler>(resamplers, 'bilinear'),
  seed: seedField(),
};

/** The arguments of tf.keras's RandomHeight and RandomWidth. */
export interface RandomSizeArgs extends Omit<AugmentationArgs, 'dataFormat'> {
  /** By which part of its size an image grows: a number f stands for [-f, f], and a pair for a range. */
  factor: number | Range;
  /** 'bilinear' (default), 'nearest', 'bicubic', 'area', 'lanczos3', 'lanczos5', 'gaussian' or 'mitchellcubic'. */
  interpolation?: string;
}

/** Draws one factor for a batch, and gives its images that height or width. Files hold channels last alone. */
abstract class RandomSize extends DrawnAugmentation<typeof fields, Size> {
  /** Outputs have another size in training than at inference. */
  readonly variesSize = true;
  /** 0 for the height, 1 for the width. */
  protected abstract readonly axis: 0 | 1;

  constructor(args: RandomSizeArgs, context?: LayerContext) {
    super(args, fields, context);
  }

  protected override imageShape(shape: Shape): Shape {
    const [height, width] = shape.slice(-3);
    const size = this.axis === 0 ? [null, width] : [height, null];
    return [...shape.slice(0, -3), ...size, shape.at(-1) as number | null];
  }

  protected override refusal(key: string): string | undefined {
    return key === IMAGES || key === LABELS ? undefined : 'tf.keras stretches images alone';
  }

  /** The size that the images get. */
  override draw(images: Tensor): Size {
    const { factor } = this.config;
    const [low, high] = typeof factor === 'number' ? [-factor, factor] : factor;
    const [scale] = uniformNumbers(this.random.stream, 1, 1 + low, 1 + high);
    const size: [number, number] = [...sizeOf(images, 'channels_last')];
    size[this.axis] = Math.trunc(Math.fround(scale * size[this.axis]));
    if (size[this.axis] > 0) return size;
    throw new KerasValueError(
      `Layer '${this.name}' would give images no pixel: factor=${showValue(factor)}, images.shape=${showValue(images.shape)}`,
    );
  }

  override applyDraw(images: Tensor, size: Size): Tensor {
    const { interpolation } = this.config;
    return resizeImages(images, { size, dataFormat: 'channels_last', interpolation, antialias: false });
  }
}

/**
 * Gives the images of a batch another height while training, the same for all; the identity at inference. tf.keras has
 * this layer; Keras 3 has not, so that models with it are saved as a tfjs `model.json` alone.
 * Input and output: images with channels last, one or a batch.
 * Source: https://www.tensorflow.org/versions/r2.15/api_docs/python/tf/keras/layers/RandomHeight
 *
 * @throws ValueError for a factor below -1 or a range upside down, an unknown interpolation, and in a call whose images
 *     would have no pixel left.
 */
export class RandomHeight extends RandomSize {
  static readonly className: string = 'RandomHeight';
  protected override readonly axis = 0;
}

/** Makes a RandomHeight layer. Arguments, shapes and errors are those of the class. */
export function randomHeight(args: RandomSizeArgs): RandomHeight {
  return new RandomHeight(args);
}

/**
 * Gives the images of a batch another width while training, the same for all; the identity at inference. tf.keras has
 * this layer; Keras 3 has not, so that models with it are saved as a tfjs `model.json` alone.
 * Input and output: images with channels last, one or a batch.
 * Source: https://www.tensorflow.org/versions/r2.15/api_docs/python/tf/keras/layers/RandomWidth
 *
 * @throws ValueError as RandomHeight.
 */
export class RandomWidth extends RandomSize {
  static readonly className: string = 'RandomWidth';
  protected override readonly axis = 1;
}

/** Makes a RandomWidth layer. Arguments, shapes and errors are those of the class. */
export function randomWidth(args: RandomSizeArgs): RandomWidth {
  return new RandomWidth(args);
}
