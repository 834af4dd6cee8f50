// The layer SeparableConv1D.
// Source: https://keras.io/api/layers/convolution_layers/separable_convolution1d/

import type { LayerContext } from '../base/layerArgs.js';
import { BaseSeparableConv, type SeparableConvArgs, separableFields } from './baseSeparable.js';

const fields = separableFields(1);

/** The arguments of Keras's SeparableConv1D. */
export interface SeparableConv1DArgs extends SeparableConvArgs {}

/**
 * 1D convolution of each channel separately, then a pointwise convolution.
 *
 * Input: float32 [batch, steps, channels] or [batch, channels, steps]. Output: float32 in the same order with `filters`
 * channels. Kernels: [kernelSize, channels, depthMultiplier] and [1, channels * depthMultiplier, filters].
 * Source: https://keras.io/api/layers/convolution_layers/separable_convolution1d/
 *
 * @throws ValueError as DepthwiseConv2D.
 */
export class SeparableConv1D extends BaseSeparableConv {
  static readonly className: string = 'SeparableConv1D';

  constructor(args: SeparableConv1DArgs, context?: LayerContext) {
    super(args, fields, context);
  }
}

/** Makes a SeparableConv1D layer. Arguments, shapes and errors are those of the class. */
export function separableConv1d(args: SeparableConv1DArgs): SeparableConv1D {
  return new SeparableConv1D(args);
}
