// Random image layers that change colors, of which only the arguments are implemented, so that models with them load. As
// in Keras they are the identity at inference. In training they are the identity too, with a warning.
// Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/

import { dataFormat, number, plain } from '../base/fields.js';
import type { LayerContext } from '../base/layerArgs.js';
import { seedField } from '../random/randomSource.js';
import { type AugmentationArgs, PassThroughAugmentation, type Range, rangeField, valueRange } from './augmentation.js';

type Factor = number | number[] | null;

const colors = { valueRange: valueRange(), seed: seedField() };

const hueFields = { dataFormat: dataFormat(), factor: rangeField(0, 1), ...colors };

/** The arguments of Keras's RandomHue. */
export interface RandomHueArgs extends AugmentationArgs {
  /** Strength of the change. One number or [lower, upper] in [0, 1]. */
  factor: number | Range;
  /** Range of the images' values. Default [0, 255]. */
  valueRange?: Range;
}

/**
 * Changes the hue of each image at random in Keras, while training. Here it is the identity, and warns while training.
 * Input and output: float32 or int32 images, one or a batch; the output is float32.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/
 *
 * @throws ValueError for arguments that Keras refuses.
 */
export class RandomHue extends PassThroughAugmentation<typeof hueFields> {
  static readonly className: string = 'RandomHue';

  constructor(args: RandomHueArgs, context?: LayerContext) {
    super(args, hueFields, context);
  }
}

/** Makes a RandomHue layer. Arguments, shapes and errors are those of the class. */
export function randomHue(args: RandomHueArgs): RandomHue {
  return new RandomHue(args);
}

const saturationFields = { dataFormat: dataFormat(), factor: rangeField(-1, 1), ...colors };

/** The arguments of Keras's RandomSaturation. */
export interface RandomSaturationArgs extends AugmentationArgs {
  /** Strength of the change. One number or [lower, upper] in [-1, 1]. */
  factor: number | Range;
  /** Range of the images' values. Default [0, 255]. */
  valueRange?: Range;
}

/**
 * Changes the saturation of each image at random in Keras, while training. Here it is the identity, and warns while training.
 * Input and output: float32 or int32 images, one or a batch; the output is float32.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/
 *
 * @throws ValueError for arguments that Keras refuses.
 */
export class RandomSaturation extends PassThroughAugmentation<typeof saturationFields> {
  static readonly className: string = 'RandomSaturation';

  constructor(args: RandomSaturationArgs, context?: LayerContext) {
    super(args, saturationFields, context);
  }
}

/** Makes a RandomSaturation layer. Arguments, shapes and errors are those of the class. */
export function randomSaturation(args: RandomSaturationArgs): RandomSaturation {
  return new RandomSaturation(args);
}

const grayscaleFields = { dataFormat: dataFormat(), factor: number(0.5) };

/** The arguments of Keras's RandomGrayscale. */
export interface RandomGrayscaleArgs extends AugmentationArgs {
  /** Probability that an image becomes gray. Default 0.5. */
  factor?: number;
}

/**
 * Makes images gray at random in Keras, while training. Here it is the identity, and warns while training.
 * Input and output: float32 or int32 images, one or a batch; the output is float32.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/
 *
 * @throws ValueError for arguments that Keras refuses.
 */
export class RandomGrayscale extends PassThroughAugmentation<typeof grayscaleFields> {
  static readonly className: string = 'RandomGrayscale';

  constructor(args: RandomGrayscaleArgs = {}, context?: LayerContext) {
    super(args, grayscaleFields, context);
  }
}

/** Makes a RandomGrayscale layer. Arguments, shapes and errors are those of the class. */
export function randomGrayscale(args: RandomGrayscaleArgs = {}): RandomGrayscale {
  return new RandomGrayscale(args);
}

const invertFields = { dataFormat: dataFormat(), factor: rangeField(0, 1, [0, 1]), ...colors };

/** The arguments of Keras's RandomInvert. */
export interface RandomInvertArgs extends AugmentationArgs {
  /** Probability that an image is inverted. One number or [lower, upper] in [0, 1]. Default: the whole range. */
  factor?: number | Range;
  /** Range of the images' values. Default [0, 255]. */
  valueRange?: Range;
}

/**
 * Inverts images at random in Keras, while training. Here it is the identity, and warns while training.
 * Input and output: float32 or int32 images, one or a batch; the output is float32.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/
 *
 * @throws ValueError for arguments that Keras refuses.
 */
export class RandomInvert extends PassThroughAugmentation<typeof invertFields> {
  static readonly className: string = 'RandomInvert';

  constructor(args: RandomInvertArgs = {}, context?: LayerContext) {
    super(args, invertFields, context);
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
 * Reduces the number of bits of each color at random in Keras, while training. Here it is the identity, and warns while training.
 * Input and output: float32 or int32 images, one or a batch; the output is float32.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/
 *
 * @throws ValueError for arguments that Keras refuses.
 */
export class RandomPosterization extends PassThroughAugmentation<typeof posterizationFields> {
  static readonly className: string = 'RandomPosterization';

  constructor(args: RandomPosterizationArgs, context?: LayerContext) {
    super(args, posterizationFields, context);
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
 * Sharpens or softens each image at random in Keras, while training. Here it is the identity, and warns while training.
 * Input and output: float32 or int32 images, one or a batch; the output is float32.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/
 *
 * @throws ValueError for arguments that Keras refuses.
 */
export class RandomSharpness extends PassThroughAugmentation<typeof sharpnessFields> {
  static readonly className: string = 'RandomSharpness';

  constructor(args: RandomSharpnessArgs, context?: LayerContext) {
    super(args, sharpnessFields, context);
  }
}

/** Makes a RandomSharpness layer. Arguments, shapes and errors are those of the class. */
export function randomSharpness(args: RandomSharpnessArgs): RandomSharpness {
  return new RandomSharpness(args);
}

const degenerationFields = { dataFormat: dataFormat(), factor: rangeField(-1, 1), ...colors };

/** The arguments of Keras's RandomColorDegeneration. */
export interface RandomColorDegenerationArgs extends AugmentationArgs {
  /** Strength of the change. One number or [lower, upper] in [-1, 1]. */
  factor: number | Range;
  /** Range of the images' values. Default [0, 255]. */
  valueRange?: Range;
}

/**
 * Moves each image towards gray at random in Keras, while training. Here it is the identity, and warns while training.
 * Input and output: float32 or int32 images, one or a batch; the output is float32.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/
 *
 * @throws ValueError for arguments that Keras refuses.
 */
export class RandomColorDegeneration extends PassThroughAugmentation<typeof degenerationFields> {
  static readonly className: string = 'RandomColorDegeneration';

  constructor(args: RandomColorDegenerationArgs, context?: LayerContext) {
    super(args, degenerationFields, context);
  }
}

/** Makes a RandomColorDegeneration layer. Arguments, shapes and errors are those of the class. */
export function randomColorDegeneration(args: RandomColorDegenerationArgs): RandomColorDegeneration {
  return new RandomColorDegeneration(args);
}

const jitterFields = {
  dataFormat: dataFormat(),
  ...colors,
  brightnessFactor: plain<Factor>(null),
  contrastFactor: plain<Factor>(null),
  saturationFactor: plain<Factor>(null),
  hueFactor: plain<Factor>(null),
};

/** The arguments of Keras's RandomColorJitter. */
export interface RandomColorJitterArgs extends AugmentationArgs {
  /** Range of the images' values. Default [0, 255]. */
  valueRange?: Range;
  /** Strength of the change of brightness. Default null: none. */
  brightnessFactor?: number | Range | null;
  /** Strength of the change of contrast. Default null: none. */
  contrastFactor?: number | Range | null;
  /** Strength of the change of saturation. Default null: none. */
  saturationFactor?: number | Range | null;
  /** Strength of the change of hue. Default null: none. */
  hueFactor?: number | Range | null;
}

/**
 * Changes brightness, contrast, saturation and hue of each image at random in Keras, while training. Here it is the identity, and warns while training.
 * Input and output: float32 or int32 images, one or a batch; the output is float32.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/
 *
 * @throws ValueError for arguments that Keras refuses.
 */
export class RandomColorJitter extends PassThroughAugmentation<typeof jitterFields> {
  static readonly className: string = 'RandomColorJitter';

  constructor(args: RandomColorJitterArgs = {}, context?: LayerContext) {
    super(args, jitterFields, context);
  }
}

/** Makes a RandomColorJitter layer. Arguments, shapes and errors are those of the class. */
export function randomColorJitter(args: RandomColorJitterArgs = {}): RandomColorJitter {
  return new RandomColorJitter(args);
}
