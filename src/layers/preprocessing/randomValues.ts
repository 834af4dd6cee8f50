// Random image layers that change the values of pixels: RandomInvert, RandomPosterization, RandomSharpness, Solarization.
// Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/

import { add, clipByValue, div, floor, less, mul, sub, type Tensor, tensor2d, where } from '@tensorflow/tfjs-core';
import { dataFormat } from '../base/fields.js';
import type { LayerContext } from '../base/layerArgs.js';
import { filterChannels } from '../ops/colorOps.js';
import { randomIntegers } from '../random/distributions.js';
import { seedField } from '../random/randomSource.js';
import {
  type AugmentationArgs,
  DrawnAugmentation,
  mapRange,
  perImage,
  type Range,
  rangeField,
  valueRange,
  whereChosen,
} from './augmentation.js';
import type { FactorDraw } from './randomHues.js';

const colors = { valueRange: valueRange(), seed: seedField() };
const bytes: Range = [0, 255];

const invertFields = { dataFormat: dataFormat(), factor: rangeField(0, 1, [0, 1]), ...colors };

/** The arguments of Keras's RandomInvert. */
export interface RandomInvertArgs extends AugmentationArgs {
  /** Probability that an image is inverted. One number or [lower, upper] in [0, 1]. Default: the whole range. */
  factor?: number | Range;
  /** Range of the images' values. Default [0, 255]. */
  valueRange?: Range;
}

/**
 * Inverts images at random while training. At inference it is the identity.
 * Input and output: float32 or int32 images, one or a batch; the output is float32.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/
 *
 * @throws ValueError for arguments that Keras refuses.
 */
export class RandomInvert extends DrawnAugmentation<typeof invertFields, { readonly isChosen: readonly boolean[] }> {
  static readonly className: string = 'RandomInvert';

  constructor(args: RandomInvertArgs = {}, context?: LayerContext) {
    super(args, invertFields, context);
  }

  override draw(images: Tensor) {
    return { isChosen: this.drawChosen(images, this.config.factor) };
  }

  override applyDraw(images: Tensor, { isChosen }: { readonly isChosen: readonly boolean[] }): Tensor {
    return whereChosen(isChosen, sub(this.config.valueRange[1], images), images);
  }
}

/** Makes a RandomInvert layer. Arguments, shapes and errors are those of the class. */
export function randomInvert(args: RandomInvertArgs = {}): RandomInvert {
  return new RandomInvert(args);
}

const posterizationFields = { dataFormat: dataFormat(), factor: rangeField(1, 8), ...colors };

/** The arguments of Keras's RandomPosterization. */
export interface RandomPosterizationArgs extends AugmentationArgs {
  /** Bits that stay. One number or [lower, upper] in [1, 8]. */
  factor: number | Range;
  /** Range of the images' values. Default [0, 255]. */
  valueRange?: Range;
}

/**
 * Reduces the number of bits of each color at random while training. At inference it is the identity.
 * Input and output: float32 or int32 images, one or a batch; the output is float32.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/
 *
 * @throws ValueError for arguments that Keras refuses.
 */
export class RandomPosterization extends DrawnAugmentation<
  typeof posterizationFields,
  { readonly bits: readonly number[] }
> {
  static readonly className: string = 'RandomPosterization';

  constructor(args: RandomPosterizationArgs, context?: LayerContext) {
    super(args, posterizationFields, context);
  }

  /** The upper end of the range is drawn only where it is the lower one too, as in Keras. */
  override draw({ shape }: Tensor) {
    const [lower, upper] = this.config.factor.map(Math.trunc);
    return { bits: randomIntegers(this.random.stream, shape[0], lower, Math.max(upper, lower + 1)) };
  }

  override applyDraw(images: Tensor, { bits }: { readonly bits: readonly number[] }): Tensor {
    const { valueRange } = this.config;
    const step = perImage(bits.map((count) => 2 ** (8 - count)));
    const values = floor(clipByValue(mapRange(images, valueRange, bytes), 0, 255));
    return mapRange(mul(floor(div(values, step)), step), bytes, valueRange);
  }
}

/** Makes a RandomPosterization layer. Arguments, shapes and errors are those of the class. */
export function randomPosterization(args: RandomPosterizationArgs): RandomPosterization {
  return new RandomPosterization(args);
}

const sharpnessFields = { dataFormat: dataFormat(), factor: rangeField(0, 1), ...colors };

/** The arguments of Keras's RandomSharpness. */
export interface RandomSharpnessArgs extends AugmentationArgs {
  /** Strength of the change. One number or [lower, upper] in [0, 1]. */
  factor: number | Range;
  /** Range of the images' values. Default [0, 255]. */
  valueRange?: Range;
}

/**
 * Sharpens or softens each image at random while training. At inference it is the identity.
 * Input and output: float32 or int32 images, one or a batch; the output is float32.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/
 *
 * @throws ValueError for arguments that Keras refuses.
 */
export class RandomSharpness extends DrawnAugmentation<typeof sharpnessFields, FactorDraw> {
  static readonly className: string = 'RandomSharpness';

  constructor(args: RandomSharpnessArgs, context?: LayerContext) {
    super(args, sharpnessFields, context);
  }

  override draw(images: Tensor): FactorDraw {
    return { factor: this.drawEach(images, this.config.factor) };
  }

  /** Factor 0 gives the smoothed image, 1/2 the image, and above 1/2 what differs from the smoothed one grows. */
  override applyDraw(images: Tensor, { factor }: FactorDraw): Tensor {
    const { dataFormat, valueRange } = this.config;
    const kernel = tensor2d(
      [1, 1, 1, 1, 5, 1, 1, 1, 1].map((weight) => weight / 13),
      [3, 3],
    );
    const smoothed = filterChannels(images, kernel, 'same', dataFormat);
    const change = mul(sub(smoothed, images), perImage(factor.map((value) => 1 - 2 * value)));
    return clipByValue(add(images, change), ...valueRange);
  }
}

/** Makes a RandomSharpness layer. Arguments, shapes and errors are those of the class. */
export function randomSharpness(args: RandomSharpnessArgs): RandomSharpness {
  return new RandomSharpness(args);
}

const solarizationFields = {
  dataFormat: dataFormat(),
  valueRange: valueRange(),
  additionFactor: rangeField(0, 1, 0),
  thresholdFactor: rangeField(0, 1, 0),
  seed: seedField(),
};

/** The arguments of Keras's Solarization. */
export interface SolarizationArgs extends AugmentationArgs {
  /** Range of the images' values. Default [0, 255]. */
  valueRange?: Range;
  /** What is added, as a part of the range. One number or [lower, upper] in [0, 1]. Default 0. */
  additionFactor?: number | Range;
  /** From where values are inverted, as a part of the range. One number or [lower, upper] in [0, 1]. Default 0. */
  thresholdFactor?: number | Range;
}

/** What is drawn for each image, in the range [0, 255]. */
export interface SolarizationDraw {
  readonly additions: readonly number[];
  readonly thresholds: readonly number[];
}

/**
 * Inverts bright values while training. At inference it is the identity.
 * Input and output: float32 or int32 images, one or a batch; the output is float32.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/solarization/
 *
 * @throws ValueError for arguments that Keras refuses.
 */
export class Solarization extends DrawnAugmentation<typeof solarizationFields, SolarizationDraw> {
  static readonly className: string = 'Solarization';

  constructor(args: SolarizationArgs = {}, context?: LayerContext) {
    super(args, solarizationFields, context);
  }

  /** As in Keras, the lower ends are numbers of the range [0, 255] and the upper ends parts of it. */
  override draw(images: Tensor): SolarizationDraw {
    const { additionFactor, thresholdFactor } = this.config;
    const drawOf = ([lower, upper]: Range) => this.drawEach(images, [lower, 255 * upper]);
    return { additions: drawOf(additionFactor), thresholds: drawOf(thresholdFactor) };
  }

  override applyDraw(images: Tensor, { additions, thresholds }: SolarizationDraw): Tensor {
    const { valueRange } = this.config;
    const values = clipByValue(add(mapRange(images, valueRange, bytes), perImage(additions)), 0, 255);
    return mapRange(where(less(values, perImage(thresholds)), values, sub(255, values)), bytes, valueRange);
  }
}

/** Makes a Solarization layer. Arguments, shapes and errors are those of the class. */
export function solarization(args: SolarizationArgs = {}): Solarization {
  return new Solarization(args);
}
