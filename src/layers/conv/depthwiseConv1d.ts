// DepthwiseConv1D as Keras defines it.
// Source: https://keras.io/api/layers/convolution_layers/depthwise_convolution1d/

import type { LayerContext } from '../base/kerasLayer.js';
import { BaseDepthwiseConv, type DepthwiseConvArgs, depthwiseFields } from './baseDepthwise.js';

const fields = depthwiseFields(1);

/** The arguments of Keras's DepthwiseConv1D. */
export interface DepthwiseConv1DArgs extends DepthwiseConvArgs {}

/**
 * 1D convolution of each channel by itself.
 *
 * Input: float32 [batch, steps, channels] or [batch, channels, steps]. Output: the same order, channels * depthMultiplier
 * channels. Kernel: [kernelSize, channels, depthMultiplier].
 * @throws ValueError as DepthwiseConv2D.
 */
export class DepthwiseConv1D extends BaseDepthwiseConv {
  static readonly className: string = 'DepthwiseConv1D';

  constructor(args: DepthwiseConv1DArgs, context?: LayerContext) {
    super(args, fields, context);
  }
}
