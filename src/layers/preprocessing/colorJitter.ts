// The layer RandomColorJitter: brightness, contrast, saturation and hue at random, in this order.
// Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_color_jitter/

import type { Tensor } from '@tensorflow/tfjs-core';
import { dataFormat, type Fields, plain } from '../base/fields.js';
import type { LayerContext } from '../base/layerArgs.js';
import { seedField } from '../random/randomSource.js';
import { Augmentation, type AugmentationArgs, type Range, valueRange } from './augmentation.js';
import { RandomBrightness, RandomContrast } from './randomColors.js';
import { RandomHue, type RandomHueArgs, RandomSaturation } from './randomHues.js';

type Factor = number | number[] | null;

const colors = { valueRange: valueRange(), seed: seedField() };

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
 * Changes brightness, contrast, saturation and hue of each image at random while training. At inference it is the identity.
 * Input and output: float32 or int32 images, one or a batch; the output is float32.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/
 *
 * @throws ValueError for arguments that Keras refuses.
 */
export class RandomColorJitter extends Augmentation<typeof jitterFields> {
  static readonly className: string = 'RandomColorJitter';

  readonly #parts: readonly Augmentation<Fields>[];

  constructor(args: RandomColorJitterArgs = {}, context?: LayerContext) {
    super(args, jitterFields, context);
    const { brightnessFactor, contrastFactor, saturationFactor, hueFactor, valueRange, dataFormat } = this.config;
    const part = (cls: new (args: RandomHueArgs) => Augmentation<Fields>, factor: Factor) =>
      factor === null ? [] : [new cls({ factor: factor as number | Range, valueRange, dataFormat })];
    this.#parts = [
      ...part(RandomBrightness, brightnessFactor),
      ...part(RandomContrast, contrastFactor),
      ...part(RandomSaturation, saturationFactor),
      ...part(RandomHue, hueFactor),
    ];
    for (const layer of this.#parts) layer.random = this.random;
  }

  protected override transform(images: Tensor): Tensor {
    return this.#parts.reduce((x, part) => part.call(x, { training: true }) as Tensor, images);
  }
}

/** Makes a RandomColorJitter layer. Arguments, shapes and errors are those of the class. */
export function randomColorJitter(args: RandomColorJitterArgs = {}): RandomColorJitter {
  return new RandomColorJitter(args);
}
