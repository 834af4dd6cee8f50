// Random image layers that change hue and saturation. Each draws a number for each image.
// Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/

import {
  add,
  clipByValue,
  greater,
  less,
  mul,
  reshape,
  stack,
  sub,
  sum,
  type Tensor,
  tensor1d,
  tensor3d,
  where,
} from '@tensorflow/tfjs-core';
import { dataFormat, type KerasDataFormat, number } from '../base/fields.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { LayerContext } from '../base/layerArgs.js';
import { unstack } from '../base/parts.js';
import { hsvToRgb, rgbToHsv, withoutTiny } from '../ops/colorOps.js';
import { luma } from '../ops/imageOps.js';
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

const colors = { valueRange: valueRange(), seed: seedField() };
const unit: Range = [0, 1];

/** What is drawn: a number for each image. */
export interface FactorDraw {
  readonly factor: readonly number[];
}

/** Changes hue, saturation and value of images in red, green and blue. */
function changeHsv(x: Tensor, dataFormat: KerasDataFormat, change: (hsv: Tensor[]) => Tensor[]): Tensor {
  const axis = dataFormat === 'channels_last' ? 3 : 1;
  if (x.shape[axis] !== 3) {
    throw new KerasValueError(`Expected images of three channels. Received: inputs.shape=${showValue(x.shape)}`);
  }
  return stack(hsvToRgb(change(rgbToHsv(unstack(x, axis).map(withoutTiny)))), axis);
}

/** A number for each image, in a shape that broadcasts against a plane of a batch. */
const perPlane = (values: readonly number[]) => tensor3d([...values], [values.length, 1, 1]);

/** The images in gray: one channel. */
export function toGray(x: Tensor, dataFormat: KerasDataFormat): Tensor {
  const axis = dataFormat === 'channels_last' ? 3 : 1;
  if (x.shape[axis] === 1) return x;
  const weights = reshape(tensor1d([...luma]), axis === 3 ? [3] : [3, 1, 1]);
  return sum(mul(x, weights), axis, true);
}

const hueFields = { dataFormat: dataFormat(), factor: rangeField(0, 1), ...colors };

/** The arguments of Keras's RandomHue. */
export interface RandomHueArgs extends AugmentationArgs {
  /** Strength of the change. One number or [lower, upper] in [0, 1]. */
  factor: number | Range;
  /** Range of the images' values. Default [0, 255]. */
  valueRange?: Range;
}

/**
 * Changes the hue of each image at random while training. At inference it is the identity.
 * Input and output: float32 or int32 images, one or a batch; the output is float32.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/
 *
 * @throws ValueError for arguments that Keras refuses.
 */
export class RandomHue extends DrawnAugmentation<typeof hueFields, FactorDraw> {
  static readonly className: string = 'RandomHue';

  constructor(args: RandomHueArgs, context?: LayerContext) {
    super(args, hueFields, context);
  }

  override draw(images: Tensor): FactorDraw {
    const signs = this.drawEach(images, unit).map((value) => (value > 0.5 ? -1 : 1));
    return { factor: this.drawEach(images, this.config.factor).map((value, i) => 0.5 * signs[i] * value) };
  }

  override applyDraw(images: Tensor, { factor }: FactorDraw): Tensor {
    const { dataFormat, valueRange } = this.config;
    const y = changeHsv(mapRange(images, valueRange, unit), dataFormat, ([hue, ...others]) => {
      const moved = add(hue, perPlane(factor));
      const below = where(greater(moved, 1), sub(moved, 1), moved);
      return [where(less(below, 0), add(below, 1), below), ...others];
    });
    return mapRange(clipByValue(y, 0, 1), unit, valueRange);
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
 * Changes the saturation of each image at random while training. At inference it is the identity.
 * Input and output: float32 or int32 images, one or a batch; the output is float32.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/
 *
 * @throws ValueError for arguments that Keras refuses.
 */
export class RandomSaturation extends DrawnAugmentation<typeof saturationFields, FactorDraw> {
  static readonly className: string = 'RandomSaturation';

  constructor(args: RandomSaturationArgs, context?: LayerContext) {
    super(args, saturationFields, context);
  }

  override draw(images: Tensor): FactorDraw {
    return { factor: this.drawEach(images, this.config.factor).map((value) => value / (1 - value + 1e-7)) };
  }

  override applyDraw(images: Tensor, { factor }: FactorDraw): Tensor {
    const { dataFormat, valueRange } = this.config;
    return changeHsv(images, dataFormat, ([hue, saturation, value]) => {
      return [hue, clipByValue(mul(saturation, perPlane(factor)), ...valueRange), value];
    });
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
 * Makes images gray at random while training. At inference it is the identity.
 * Input and output: float32 or int32 images, one or a batch; the output is float32.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/
 *
 * @throws ValueError for arguments that Keras refuses.
 */
export class RandomGrayscale extends DrawnAugmentation<
  typeof grayscaleFields,
  { readonly isChosen: readonly boolean[] }
> {
  static readonly className: string = 'RandomGrayscale';

  constructor(args: RandomGrayscaleArgs = {}, context?: LayerContext) {
    super(args, grayscaleFields, context);
  }

  override draw(images: Tensor) {
    return { isChosen: this.drawEach(images, unit).map((value) => value < this.config.factor) };
  }

  override applyDraw(images: Tensor, { isChosen }: { readonly isChosen: readonly boolean[] }): Tensor {
    return whereChosen(isChosen, toGray(images, this.config.dataFormat), images);
  }

  protected override refusal(): string {
    return 'images must come alone, in Keras too';
  }
}

/** Makes a RandomGrayscale layer. Arguments, shapes and errors are those of the class. */
export function randomGrayscale(args: RandomGrayscaleArgs = {}): RandomGrayscale {
  return new RandomGrayscale(args);
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
 * Moves each image towards gray at random while training. At inference it is the identity.
 * Input and output: float32 or int32 images, one or a batch; the output is float32.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/
 *
 * @throws ValueError for arguments that Keras refuses.
 */
export class RandomColorDegeneration extends DrawnAugmentation<typeof degenerationFields, FactorDraw> {
  static readonly className: string = 'RandomColorDegeneration';

  constructor(args: RandomColorDegenerationArgs, context?: LayerContext) {
    super(args, degenerationFields, context);
  }

  override draw(images: Tensor): FactorDraw {
    return { factor: this.drawEach(images, this.config.factor) };
  }

  override applyDraw(images: Tensor, { factor }: FactorDraw): Tensor {
    const { dataFormat, valueRange } = this.config;
    const towardsGray = mul(sub(toGray(images, dataFormat), images), perImage(factor));
    return clipByValue(add(images, towardsGray), ...valueRange);
  }
}

/** Makes a RandomColorDegeneration layer. Arguments, shapes and errors are those of the class. */
export function randomColorDegeneration(args: RandomColorDegenerationArgs): RandomColorDegeneration {
  return new RandomColorDegeneration(args);
}
