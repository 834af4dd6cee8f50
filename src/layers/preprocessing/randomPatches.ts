// Random image layers that erase or blur: RandomErasing, RandomGaussianBlur.
// Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/

import { clipByValue, mul, outerProduct, reshape, type Tensor, tensor1d, where } from '@tensorflow/tfjs-core';
import { dataFormat, type Field } from '../base/fields.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { LayerContext } from '../base/layerArgs.js';
import { filterChannels, gaussian } from '../ops/colorOps.js';
import { uniformNumbers } from '../random/distributions.js';
import { seedField } from '../random/randomSource.js';
import {
  type AugmentationArgs,
  DrawnAugmentation,
  type Range,
  rangeField,
  valueRange,
  whereChosen,
} from './augmentation.js';
import { sizeOf } from './images.js';
import { drawRectangle, insideRectangles, type Rectangle } from './rectangles.js';

const colors = { valueRange: valueRange(), seed: seedField() };

/** A number, or one for each channel of three; null for noise. */
const filling: Field<number | readonly number[] | null> = {
  parse(value) {
    if (value == null) return null;
    const numbers = [value].flat();
    const isGood = numbers.every((item) => typeof item === 'number') && (numbers.length === 3 || !Array.isArray(value));
    if (isGood) return value as number | readonly number[];
    throw new KerasValueError(
      `The \`fill_value\` argument should be a number (or a list of three numbers). Received: fill_value=${showValue(value)}`,
    );
  },
  serialize: (value) => value,
};

/** Width and height of the blur: odd numbers. */
const blurSize: Field<readonly number[]> = {
  parse(value) {
    const given = value === undefined ? 3 : value;
    const sizes = typeof given === 'number' ? [given, given] : given;
    if (Array.isArray(sizes) && sizes.length === 2 && sizes.every((size) => size > 0 && size % 2 === 1)) return sizes;
    throw new KerasValueError(`kernel_size must be an odd number. Received: kernel_size=${showValue(value)}`);
  },
  serialize: (value) => value,
};

const erasingFields = {
  dataFormat: dataFormat(),
  factor: rangeField(0, 1, [0, 1]),
  scale: rangeField(0, 1, [0.02, 0.33]),
  fillValue: filling,
  ...colors,
};

/** The arguments of Keras's RandomErasing. */
export interface RandomErasingArgs extends AugmentationArgs {
  /** Probability that an image is changed. One number or [lower, upper] in [0, 1]. Default: the whole range. */
  factor?: number | Range;
  /** Smallest and largest square of the share of height and of width. Default [0.02, 0.33]. */
  scale?: number | Range;
  /** Value of the erased pixels. Default null: noise. */
  fillValue?: number | readonly number[] | null;
  /** Range of the images' values. Default [0, 255]. */
  valueRange?: Range;
}

/** What is drawn: for each image whether it is changed, and where. */
export interface ErasingDraw {
  readonly isChosen: readonly boolean[];
  readonly rectangles: readonly Rectangle[];
}

/**
 * Erases a rectangle of each image at random while training. At inference it is the identity.
 * Input and output: float32 or int32 images, one or a batch; the output is float32.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/
 *
 * @throws ValueError for arguments that Keras refuses.
 */
export class RandomErasing extends DrawnAugmentation<typeof erasingFields, ErasingDraw> {
  static readonly className: string = 'RandomErasing';

  constructor(args: RandomErasingArgs = {}, context?: LayerContext) {
    super(args, erasingFields, context);
  }

  override draw(images: Tensor): ErasingDraw {
    const { factor, scale, dataFormat } = this.config;
    const { stream } = this.random;
    const rectangles = Array.from({ length: images.shape[0] }, () => {
      const [width, height] = uniformNumbers(stream, 2, ...scale).map(Math.sqrt);
      return drawRectangle(stream, sizeOf(images, dataFormat), [height, width]);
    });
    return { rectangles, isChosen: this.drawChosen(images, factor) };
  }

  override applyDraw(images: Tensor, { isChosen, rectangles }: ErasingDraw): Tensor {
    const { dataFormat } = this.config;
    const isInside = insideRectangles(rectangles, sizeOf(images, dataFormat), dataFormat);
    return whereChosen(isChosen, where(isInside, this.#filling(images), images), images);
  }

  /** Noise, or the given value, within the range of values. */
  #filling(images: Tensor): Tensor {
    const { fillValue, valueRange, dataFormat } = this.config;
    const isLast = dataFormat === 'channels_last';
    const values =
      fillValue === null
        ? mul(this.random.drawNormal(images.shape, 0, 1), valueRange[1])
        : reshape(tensor1d([fillValue].flat() as number[]), isLast ? [1, 1, 1, -1] : [1, -1, 1, 1]);
    return clipByValue(values, ...valueRange);
  }
}

/** Makes a RandomErasing layer. Arguments, shapes and errors are those of the class. */
export function randomErasing(args: RandomErasingArgs = {}): RandomErasing {
  return new RandomErasing(args);
}

const blurFields = {
  dataFormat: dataFormat(),
  factor: rangeField(0, 1, [0, 1]),
  kernelSize: blurSize,
  sigma: rangeField(0, 1, [0, 1]),
  ...colors,
};

/** The arguments of Keras's RandomGaussianBlur. */
export interface RandomGaussianBlurArgs extends AugmentationArgs {
  /** Probability that an image is changed. One number or [lower, upper] in [0, 1]. Default: the whole range. */
  factor?: number | Range;
  /** Width and height of the blur, odd numbers; one number stands for both. Default [3, 3]. */
  kernelSize?: number | readonly number[];
  /** Standard deviation of the blur. One number or [lower, upper] in [0, 1]. Default: the whole range. */
  sigma?: number | Range;
  /** Range of the images' values. Default [0, 255]. */
  valueRange?: Range;
}

/** What is drawn: for each image whether it is changed, and the deviation along width and height for all of them. */
export interface BlurDraw {
  readonly isChosen: readonly boolean[];
  readonly sigma: readonly [x: number, y: number];
}

/**
 * Blurs each image at random while training. At inference it is the identity.
 * Input and output: float32 or int32 images, one or a batch; the output is float32.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/
 *
 * @throws ValueError for arguments that Keras refuses.
 */
export class RandomGaussianBlur extends DrawnAugmentation<typeof blurFields, BlurDraw> {
  static readonly className: string = 'RandomGaussianBlur';

  constructor(args: RandomGaussianBlurArgs = {}, context?: LayerContext) {
    super(args, blurFields, context);
  }

  override draw(images: Tensor): BlurDraw {
    const { factor, sigma } = this.config;
    const isChosen = this.drawChosen(images, factor);
    const [x, y] = uniformNumbers(this.random.stream, 2, ...sigma).map((value) => value + 1e-6);
    return { isChosen, sigma: [x, y] };
  }

  override applyDraw(images: Tensor, { isChosen, sigma }: BlurDraw): Tensor {
    const { kernelSize, dataFormat, valueRange } = this.config;
    const weights = [0, 1].map((i) => tensor1d(gaussian(kernelSize[i], sigma[i])));
    const blurred = filterChannels(images, outerProduct(weights[1], weights[0]), 'same', dataFormat);
    return clipByValue(whereChosen(isChosen, blurred, images), ...valueRange);
  }
}

/** Makes a RandomGaussianBlur layer. Arguments, shapes and errors are those of the class. */
export function randomGaussianBlur(args: RandomGaussianBlurArgs = {}): RandomGaussianBlur {
  return new RandomGaussianBlur(args);
}
