// SeparableConv1D as Keras defines it.
// Source: https://keras.io/api/layers/convolution_layers/separable_convolution1d/

import type { LayerContext } from '../base/kerasLayer.js';
import { BaseSeparableConv, type SeparableConvArgs, separableFields } from './baseSeparable.js';

const fields = separableFields(1);

/** The arguments of Keras's SeparableConv1D. */
export interface SeparableConv1DArgs extends SeparableConvArgs {}

/**
 * 1D convolution of each channel by itself, then a mix of the channels of each position.
 *
 * Input: float32 [batch, steps, channels] or [batch, channels, steps]. Output: the same order, `filters`
 * channels.
 * @throws ValueError as DepthwiseConv2D.
 */
export class SeparableConv1D extends BaseSeparableConv {
  static readonly className: string = 'SeparableConv1D';

  constructor(args: SeparableConv1DArgs, context?: LayerContext) {
    super(args, fields, context);
  }
}
