// The layer SeparableConv2D.
// Source: https://keras.io/api/layers/convolution_layers/separable_convolution2d/

import type { LayerContext } from '../base/layerArgs.js';
import { BaseSeparableConv, type SeparableConvArgs, separableFields } from './baseSeparable.js';

const fields = separableFields(2);

/** The arguments of Keras's SeparableConv2D. */
export interface SeparableConv2DArgs extends SeparableConvArgs {}

/**
 * 2D convolution of each channel separately, then a pointwise convolution.
 *
 * Input: float32 [batch, height, width, channels] or [batch, channels, height, width]. Output: float32 in the same
 * order with `filters` channels. Kernels: [kernelH, kernelW, channels, depthMultiplier] and
 * [1, 1, channels * depthMultiplier, filters].
 * Source: https://keras.io/api/layers/convolution_layers/separable_convolution2d/
 *
 * @throws ValueError as DepthwiseConv2D.
 */
export class SeparableConv2D extends BaseSeparableConv {
  static readonly className: string = 'SeparableConv2D';

  constructor(args: SeparableConv2DArgs, context?: LayerContext) {
    super(args, fields, context);
  }
}

/** Makes a SeparableConv2D layer. Arguments, shapes and errors are those of the class. */
export function separableConv2d(args: SeparableConv2DArgs): SeparableConv2D {
  return new SeparableConv2D(args);
}
