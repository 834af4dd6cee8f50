// The layer DepthwiseConv1D.
// Source: https://keras.io/api/layers/convolution_layers/depthwise_convolution1d/

import type { LayerContext } from '../base/layerArgs.js';
import { BaseDepthwiseConv, type DepthwiseConvArgs, depthwiseFields } from './baseDepthwise.js';

const fields = depthwiseFields(1);

/** The arguments of Keras's DepthwiseConv1D. */
export interface DepthwiseConv1DArgs extends DepthwiseConvArgs {}

/**
 * 1D convolution of each channel separately.
 *
 * Input: float32 [batch, steps, channels] or [batch, channels, steps]. Output: float32 in the same order with
 * channels * depthMultiplier channels. Kernel: [kernelSize, channels, depthMultiplier].
 * Source: https://keras.io/api/layers/convolution_layers/depthwise_convolution1d/
 *
 * @throws ValueError as DepthwiseConv2D.
 */
export class DepthwiseConv1D extends BaseDepthwiseConv {
  static readonly className: string = 'DepthwiseConv1D';

  constructor(args: DepthwiseConv1DArgs, context?: LayerContext) {
    super(args, fields, context);
  }
}

/** Makes a DepthwiseConv1D layer. Arguments, shapes and errors are those of the class. */
export function depthwiseConv1d(args: DepthwiseConv1DArgs): DepthwiseConv1D {
  return new DepthwiseConv1D(args);
}
