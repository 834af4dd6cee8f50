// The layer Equalization.
// Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/equalization/

import { stack, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { dataFormat, positiveInteger } from '../base/fields.js';
import type { LayerContext } from '../base/layerArgs.js';
import { unstack } from '../base/parts.js';
import { Augmentation, type AugmentationArgs, mapRange, type Range, valueRange } from './augmentation.js';

const bytes: Range = [0, 255];

const equalizationFields = { dataFormat: dataFormat(), bins: positiveInteger(256), valueRange: valueRange() };

/** The arguments of Keras's Equalization. */
export interface EqualizationArgs extends Omit<AugmentationArgs, 'seed'> {
  /** Range of the images' values. Default [0, 255]. */
  valueRange?: Range;
  /** Bins of the histogram. Default 256. */
  bins?: number;
}

/**
 * Equalizes the histogram of each channel of the whole batch while training. At inference it is the identity.
 * Input and output: float32 or int32 images, one or a batch; the output is float32.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/equalization/
 *
 * @throws ValueError for arguments that Keras refuses.
 */
export class Equalization extends Augmentation<typeof equalizationFields> {
  static readonly className: string = 'Equalization';

  constructor(args: EqualizationArgs = {}, context?: LayerContext) {
    super(args, equalizationFields, context);
  }

  protected override transform(images: Tensor): Tensor {
    const { dataFormat, bins, valueRange } = this.config;
    const axis = dataFormat === 'channels_last' ? 3 : 1;
    const equalized = unstack(mapRange(images, valueRange, bytes), axis).map((channel) => {
      const values = equalize(channel.dataSync() as Float32Array, bins);
      return values ? tensor(values, channel.shape) : channel;
    });
    return mapRange(stack(equalized, axis), bytes, valueRange);
  }
}

/** Makes an Equalization layer. Arguments, shapes and errors are those of the class. */
export function equalization(args: EqualizationArgs = {}): Equalization {
  return new Equalization(args);
}

/** Rounds halves to even. */
function roundToEven(value: number): number {
  const below = Math.floor(value);
  const isHalf = value - below === 0.5;
  return isHalf ? below + (below % 2) : Math.round(value);
}

/**
 * Replaces each value by the share of values in its bin and those below, in [0, 255]. Values of one bin stay: null.
 * The steps are rounded to float32 as in Keras, since they decide in which bin a value is.
 */
function equalize(values: Float32Array, bins: number): Float32Array | null {
  const last = bins - 1;
  const binOf = (place: number) => Math.trunc(Math.min(Math.max(place, 0), last));
  const counts = new Float64Array(bins);
  for (const value of values) counts[binOf(Math.fround(Math.fround(value * last) / 255))]++;
  if (counts.filter((count) => count > 0).length <= 1) return null;
  let sum = 0;
  const sums = counts.map((count) => (sum += count));
  const least = sums.find((value) => value > 0) as number;
  const table = sums.map((value) => {
    const scaled = Math.fround(((value - least) * 255) / (sum - least || 1));
    return Math.min(Math.max(roundToEven(scaled), 0), 255);
  });
  return values.map((value) => table[binOf(Math.fround(Math.fround(value / 255) * last))]);
}
