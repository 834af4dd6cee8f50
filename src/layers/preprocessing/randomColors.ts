// RandomBrightness and RandomContrast: one random number for each picture.
// Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/

import { add, clipByValue, mean, mul, sub, type Tensor } from '@tensorflow/tfjs-core';
import { dataFormat } from '../base/fields.js';
import type { BaseLayerArgs, LayerContext } from '../base/kerasLayer.js';
import { seedField } from '../random/randomSource.js';
import { Augmentation, type Range, rangeField, valueRange } from './augmentation.js';

const brightnessFields = {
  dataFormat: dataFormat(),
  factor: rangeField(-1, 1),
  valueRange: valueRange(),
  seed: seedField(),
};

/** The arguments of Keras's RandomBrightness and RandomContrast. */
export interface RandomColorsArgs extends BaseLayerArgs {
  /** One number or [lower, upper]; brightness in [-1, 1], contrast in [0, 1]. */
  factor: number | Range;
  /** Of the pictures' values. Default [0, 255]. */
  valueRange?: Range;
  /** Default: a random one. */
  seed?: number | null;
  dataFormat?: string | null;
}

/**
 * Adds a share of the value range while training.
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

const contrastFields = { ...brightnessFields, factor: rangeField(0, 1) };

/**
 * Stretches or shrinks the values around each channel's mean while training, by 1 - lower to 1 + upper.
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
