// DepthwiseConv2D as Keras defines it.
// Source: https://keras.io/api/layers/convolution_layers/depthwise_convolution2d/

import type { LayerContext } from '../base/kerasLayer.js';
import { BaseDepthwiseConv, type DepthwiseConvArgs, depthwiseFields } from './baseDepthwise.js';

const fields = depthwiseFields(2);

/** The arguments of Keras's DepthwiseConv2D. */
export interface DepthwiseConv2DArgs extends DepthwiseConvArgs {}

/**
 * 2D convolution of each channel by itself.
 *
 * Input: float32 [batch, height, width, channels] or [batch, channels, height, width]. Output: the same order,
 * channels * depthMultiplier channels, those of one input channel side by side. Kernel: [kernelH, kernelW, channels,
 * depthMultiplier].
 * @throws ValueError for sizes below 1, unknown names, and inputs of the wrong rank or number of channels or too small.
 */
export class DepthwiseConv2D extends BaseDepthwiseConv {
  static readonly className: string = 'DepthwiseConv2D';

  constructor(args: DepthwiseConv2DArgs, context?: LayerContext) {
    super(args, fields, context);
  }
}
