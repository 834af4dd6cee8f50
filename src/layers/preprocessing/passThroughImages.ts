// Random image layers that move, erase or blur pixels, of which only the arguments are implemented, so that models with
// them load. As in Keras they are the identity at inference. In training they are the identity too, with a warning.
// Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/

import { dataFormat, number, plain } from '../base/fields.js';
import type { LayerContext } from '../base/layerArgs.js';
import { seedField } from '../random/randomSource.js';
import { type AugmentationArgs, PassThroughAugmentation, type Range, rangeField, valueRange } from './augmentation.js';

const seed = seedField();
const colors = { valueRange: valueRange(), seed };
const transform = { interpolation: plain('bilinear'), fillValue: number(0), seed };
const transformWithMode = { ...transform, fillMode: plain('reflect') };

interface TransformArgs extends AugmentationArgs {
  /** 'bilinear' (default) or 'nearest'. */
  interpolation?: string;
  /** The value of fillMode 'constant'. Default 0. */
  fillValue?: number;
  /** How points beyond the borders are filled: 'reflect' (default), 'wrap', 'constant' or 'nearest'. */
  fillMode?: string;
}

const shearFields = {
  dataFormat: dataFormat(),
  xFactor: rangeField(-1, 1, 0),
  yFactor: rangeField(-1, 1, 0),
  ...transformWithMode,
};

/** The arguments of Keras's RandomShear. */
export interface RandomShearArgs extends TransformArgs {
  /** Shear along the width. One number or [lower, upper] in [-1, 1]. Default 0. */
  xFactor?: number | Range;
  /** Shear along the height. One number or [lower, upper] in [-1, 1]. Default 0. */
  yFactor?: number | Range;
}

/**
 * Shears each image at random in Keras, while training. Here it is the identity, and warns while training.
 * Input and output: float32 or int32 images, one or a batch; the output is float32.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/
 *
 * @throws ValueError for arguments that Keras refuses.
 */
export class RandomShear extends PassThroughAugmentation<typeof shearFields> {
  static readonly className: string = 'RandomShear';

  constructor(args: RandomShearArgs = {}, context?: LayerContext) {
    super(args, shearFields, context);
  }
}

/** Makes a RandomShear layer. Arguments, shapes and errors are those of the class. */
export function randomShear(args: RandomShearArgs = {}): RandomShear {
  return new RandomShear(args);
}

const perspectiveFields = { dataFormat: dataFormat(), factor: rangeField(0, 1, [0, 1]), scale: plain(1), ...transform };

/** The arguments of Keras's RandomPerspective. */
export interface RandomPerspectiveArgs extends Omit<TransformArgs, 'fillMode'> {
  /** Probability that an image is changed. One number or [lower, upper] in [0, 1]. Default: the whole range. */
  factor?: number | Range;
  /** How far the corners move. Default 1. */
  scale?: number;
}

/**
 * Changes the perspective of each image at random in Keras, while training. Here it is the identity, and warns while training.
 * Input and output: float32 or int32 images, one or a batch; the output is float32.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/
 *
 * @throws ValueError for arguments that Keras refuses.
 */
export class RandomPerspective extends PassThroughAugmentation<typeof perspectiveFields> {
  static readonly className: string = 'RandomPerspective';

  constructor(args: RandomPerspectiveArgs = {}, context?: LayerContext) {
    super(args, perspectiveFields, context);
  }
}

/** Makes a RandomPerspective layer. Arguments, shapes and errors are those of the class. */
export function randomPerspective(args: RandomPerspectiveArgs = {}): RandomPerspective {
  return new RandomPerspective(args);
}

const elasticFields = {
  dataFormat: dataFormat(),
  factor: rangeField(0, 1, [0, 1]),
  scale: rangeField(0, 1, [0, 1]),
  ...transformWithMode,
  valueRange: valueRange(),
};

/** The arguments of Keras's RandomElasticTransform. */
export interface RandomElasticTransformArgs extends TransformArgs {
  /** Probability that an image is changed. One number or [lower, upper] in [0, 1]. Default: the whole range. */
  factor?: number | Range;
  /** Strength of the distortion. One number or [lower, upper] in [0, 1]. Default: the whole range. */
  scale?: number | Range;
  /** Range of the images' values. Default [0, 255]. */
  valueRange?: Range;
}

/**
 * Distorts each image elastically at random in Keras, while training. Here it is the identity, and warns while training.
 * Input and output: float32 or int32 images, one or a batch; the output is float32.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/
 *
 * @throws ValueError for arguments that Keras refuses.
 */
export class RandomElasticTransform extends PassThroughAugmentation<typeof elasticFields> {
  static readonly className: string = 'RandomElasticTransform';

  constructor(args: RandomElasticTransformArgs = {}, context?: LayerContext) {
    super(args, elasticFields, context);
  }
}

/** Makes a RandomElasticTransform layer. Arguments, shapes and errors are those of the class. */
export function randomElasticTransform(args: RandomElasticTransformArgs = {}): RandomElasticTransform {
  return new RandomElasticTransform(args);
}

const erasingFields = {
  dataFormat: dataFormat(),
  factor: rangeField(0, 1, [0, 1]),
  scale: plain([0.02, 0.33]),
  fillValue: plain(null),
  ...colors,
};

/** The arguments of Keras's RandomErasing. */
export interface RandomErasingArgs extends AugmentationArgs {
  /** Probability that an image is changed. One number or [lower, upper] in [0, 1]. Default: the whole range. */
  factor?: number | Range;
  /** Smallest and largest share of the image's area. Default [0.02, 0.33]. */
  scale?: Range;
  /** Value of the erased pixels. Default null: noise. */
  fillValue?: number | readonly number[] | null;
  /** Range of the images' values. Default [0, 255]. */
  valueRange?: Range;
}

/**
 * Erases a rectangle of each image at random in Keras, while training. Here it is the identity, and warns while training.
 * Input and output: float32 or int32 images, one or a batch; the output is float32.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/
 *
 * @throws ValueError for arguments that Keras refuses.
 */
export class RandomErasing extends PassThroughAugmentation<typeof erasingFields> {
  static readonly className: string = 'RandomErasing';

  constructor(args: RandomErasingArgs = {}, context?: LayerContext) {
    super(args, erasingFields, context);
  }
}

/** Makes a RandomErasing layer. Arguments, shapes and errors are those of the class. */
export function randomErasing(args: RandomErasingArgs = {}): RandomErasing {
  return new RandomErasing(args);
}

const blurFields = {
  dataFormat: dataFormat(),
  factor: rangeField(0, 1, [0, 1]),
  kernelSize: plain([3, 3]),
  sigma: rangeField(0, 1, [0, 1]),
  ...colors,
};

/** The arguments of Keras's RandomGaussianBlur. */
export interface RandomGaussianBlurArgs extends AugmentationArgs {
  /** Probability that an image is changed. One number or [lower, upper] in [0, 1]. Default: the whole range. */
  factor?: number | Range;
  /** Height and width of the blur. Default [3, 3]. */
  kernelSize?: readonly number[];
  /** Standard deviation of the blur. One number or [lower, upper] in [0, 1]. Default: the whole range. */
  sigma?: number | Range;
  /** Range of the images' values. Default [0, 255]. */
  valueRange?: Range;
}

/**
 * Blurs each image at random in Keras, while training. Here it is the identity, and warns while training.
 * Input and output: float32 or int32 images, one or a batch; the output is float32.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/
 *
 * @throws ValueError for arguments that Keras refuses.
 */
export class RandomGaussianBlur extends PassThroughAugmentation<typeof blurFields> {
  static readonly className: string = 'RandomGaussianBlur';

  constructor(args: RandomGaussianBlurArgs = {}, context?: LayerContext) {
    super(args, blurFields, context);
  }
}

/** Makes a RandomGaussianBlur layer. Arguments, shapes and errors are those of the class. */
export function randomGaussianBlur(args: RandomGaussianBlurArgs = {}): RandomGaussianBlur {
  return new RandomGaussianBlur(args);
}
