// The layer Conv2D: activation(conv2d(inputs, kernel) + bias), with groups, dilations and both data formats.
// Source: https://keras.io/api/layers/convolution_layers/convolution2d/

import type { LayerContext } from '../base/layerArgs.js';
import { BaseConv, type ConvArgs } from './baseConv.js';
import { convFields } from './convFields.js';

const fields = convFields(2);

/** The arguments of Keras's Conv2D. */
export interface Conv2DArgs extends ConvArgs {
  /** Height and width of the kernel, or one number for both. */
  kernelSize: number | readonly number[];
  /** Steps along height and width. Default 1. Above 1 only if dilationRate is 1. */
  strides?: number | readonly number[];
  /** 'valid' (default) or 'same', in any letter case. 'same' puts an odd row of zeros below and to the right. */
  padding?: string;
}

/**
 * 2D convolution layer.
 *
 * Input: float32 [batch, height, width, channels] ('channels_last') or [batch, channels, height, width]; int32 is cast.
 * Output: float32 in the same order with `filters` channels. Kernel: [kernelH, kernelW, channels / groups, filters] in
 * both data formats. Runs on every backend; 'channels_first' needs no transposition on the convnet backends.
 * Source: https://keras.io/api/layers/convolution_layers/convolution2d/
 *
 * @throws ValueError under Keras's conditions: sizes, strides or dilations below 1; strides and dilations both above 1;
 *     filters or channels that are not a multiple of groups; unknown names; an input of the wrong rank or number of
 *     channels, or too small for the kernel.
 */
export class Conv2D extends BaseConv {
  static readonly className: string = 'Conv2D';

  constructor(args: Conv2DArgs, context?: LayerContext) {
    super(args, fields, context);
  }
}

/**
 * Makes a Conv2D layer, like `tf.layers.conv2d` but with Keras's arguments, defaults and groups.
 * @throws ValueError as Conv2D.
 */
export function conv2d(args: Conv2DArgs): Conv2D {
  return new Conv2D(args);
}
