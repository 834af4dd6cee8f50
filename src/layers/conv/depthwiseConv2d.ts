// The layer DepthwiseConv2D.
// Source: https://keras.io/api/layers/convolution_layers/depthwise_convolution2d/

import type { LayerContext } from '../base/layerArgs.js';
import { BaseDepthwiseConv, type DepthwiseConvArgs, depthwiseFields } from './baseDepthwise.js';

const fields = depthwiseFields(2);

/** The arguments of Keras's DepthwiseConv2D. */
export interface DepthwiseConv2DArgs extends DepthwiseConvArgs {}

/**
 * 2D convolution of each channel separately.
 *
 * Input: float32 [batch, height, width, channels] or [batch, channels, height, width]. Output: float32 in the same
 * order with channels * depthMultiplier channels; those of one input channel are adjacent.
 * Kernel: [kernelH, kernelW, channels, depthMultiplier].
 * Source: https://keras.io/api/layers/convolution_layers/depthwise_convolution2d/
 *
 * @throws ValueError for sizes below 1, unknown names, and inputs of the wrong rank or number of channels or too small.
 */
export class DepthwiseConv2D extends BaseDepthwiseConv {
  static readonly className: string = 'DepthwiseConv2D';

  constructor(args: DepthwiseConv2DArgs, context?: LayerContext) {
    super(args, fields, context);
  }
}

/** Makes a DepthwiseConv2D layer. Arguments, shapes and errors are those of the class. */
export function depthwiseConv2d(args: DepthwiseConv2DArgs): DepthwiseConv2D {
  return new DepthwiseConv2D(args);
}
