// The layers RandomBrightness and RandomContrast. Each draws one random number per image.
// Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/

import { add, clipByValue, mean, mul, sub, type Tensor } from '@tensorflow/tfjs-core';
import { dataFormat } from '../base/fields.js';
import type { LayerContext } from '../base/layerArgs.js';
import { seedField } from '../random/randomSource.js';
import { Augmentation, type AugmentationArgs, type Range, rangeField, valueRange } from './augmentation.js';

const brightnessFields = {
  dataFormat: dataFormat(),
  factor: rangeField(-1, 1),
  valueRange: valueRange(),
  seed: seedField(),
};

/** The arguments of Keras's RandomBrightness and RandomContrast. */
export interface RandomColorsArgs extends AugmentationArgs {
  /** One number or [lower, upper], in [-1, 1] for brightness and in [0, 1] for contrast. */
  factor: number | Range;
  /** Range of the images' values. Default [0, 255]. */
  valueRange?: Range;
}

/**
 * Adds a random fraction of the value range while training. Input and output: images, one or a batch.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_brightness/
 */
export class RandomBrightness extends Augmentation<typeof brightnessFields> {
  static readonly className: string = 'RandomBrightness';

  constructor(args: RandomColorsArgs, context?: LayerContext) {
    super(args, brightnessFields, context);
  }

  protected override transform(x: Tensor): Tensor {
    const { factor, valueRange } = this.config;
    const [low, high] = valueRange;
    const delta = mul(this.random.drawUniform([x.shape[0], 1, 1, 1], ...factor), high - low);
    return clipByValue(add(x, delta), low, high);
  }
}

/** Makes a RandomBrightness layer. Arguments, shapes and errors are those of the class. */
export function randomBrightness(args: RandomColorsArgs): RandomBrightness {
  return new RandomBrightness(args);
}

const contrastFields = { ...brightnessFields, factor: rangeField(0, 1) };

/**
 * Scales the values around each channel's mean while training, by a factor from 1 - lower to 1 + upper.
 * Input and output: images, one or a batch.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_contrast/
 */
export class RandomContrast extends Augmentation<typeof contrastFields> {
  static readonly className: string = 'RandomContrast';

  constructor(args: RandomColorsArgs, context?: LayerContext) {
    super(args, contrastFields, context);
  }

  protected override transform(x: Tensor): Tensor {
    const { factor, valueRange, dataFormat } = this.config;
    const center = mean(x, dataFormat === 'channels_last' ? [1, 2] : [2, 3], true);
    const scale = this.random.drawUniform([x.shape[0], 1, 1, 1], 1 - factor[0], 1 + factor[1]);
    return clipByValue(add(mul(sub(x, center), scale), center), ...valueRange);
  }
}

/** Makes a RandomContrast layer. Arguments, shapes and errors are those of the class. */
export function randomContrast(args: RandomColorsArgs): RandomContrast {
  return new RandomContrast(args);
}
