// The layer AutoContrast.
// Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/auto_contrast/

import {
  add,
  broadcastTo,
  clipByValue,
  div,
  equal,
  mul,
  neg,
  onesLike,
  sub,
  type Tensor,
  where,
} from '@tensorflow/tfjs-core';
import { registerZeroGradients } from '../../tfjs/zeroGradients.js';
import { maxOf, minOf } from '../base/extremes.js';
import { dataFormat } from '../base/fields.js';
import type { LayerContext } from '../base/layerArgs.js';
import { mapRange, type Range, valueRange } from './augmentation.js';
import { ImageLayer, type ImageLayerArgs } from './imageLayer.js';
import { applyToBatch } from './images.js';

const bytes: Range = [0, 255];

const fields = { dataFormat: dataFormat(), valueRange: valueRange() };

/** The arguments of Keras's AutoContrast. */
export interface AutoContrastArgs extends ImageLayerArgs {
  /** Range of the images' values. Default [0, 255]. */
  valueRange?: Range;
  /** Default 'channels_last'. */
  dataFormat?: string | null;
}

/**
 * Stretches each channel of each image to the whole range of values, at inference too; in channels_first each column, as
 * Keras does. What has one value stays.
 * Input: float32 or int32 images, one or a batch; the output is float32.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/auto_contrast/
 */
export class AutoContrast extends ImageLayer<typeof fields> {
  static readonly className: string = 'AutoContrast';
  static override readonly ignoredKeys: readonly string[] = ['seed'];

  constructor(args: AutoContrastArgs = {}, context?: LayerContext) {
    super(args, fields, context);
    registerZeroGradients();
  }

  protected override callImages(images: Tensor): Tensor {
    return applyToBatch(images, (batch) => this.#stretch(batch));
  }

  /**
   * Keras takes the extremes over the axes 1 and 2, whatever the data format. Rounding decides whether an extreme is clipped and
   * so has a gradient: the steps are Keras's.
   */
  #stretch(images: Tensor): Tensor {
    const { valueRange } = this.config;
    const x = mapRange(images, valueRange, bytes);
    const least = minOf(x, [1, 2], true);
    const span = sub(maxOf(x, [1, 2], true), least);
    const isFlat = equal(span, 0);
    const scale = div(255, where(isFlat, onesLike(span), span));
    const stretched = add(mul(x, scale), mul(neg(least), scale));
    const y = mapRange(clipByValue(stretched, 0, 255), bytes, valueRange);
    return where(broadcastTo(isFlat, y.shape), images, y);
  }
}

/** Makes an AutoContrast layer. Arguments, shapes and errors are those of the class. */
export function autoContrast(args: AutoContrastArgs = {}): AutoContrast {
  return new AutoContrast(args);
}
