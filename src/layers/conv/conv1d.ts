// Conv1D as Keras defines it, run as a 2D convolution of height one.
// Source: https://keras.io/api/layers/convolution_layers/convolution1d/

import type { LayerContext } from '../base/kerasLayer.js';
import { BaseConv, type ConvArgs } from './baseConv.js';
import { convFields } from './convFields.js';

const fields = convFields(1);

/** The arguments of Keras's Conv1D. */
export interface Conv1DArgs extends ConvArgs {
  /** 'valid' (default), 'same' or 'causal', in any letter case; 'causal' pads in front only. */
  padding?: string;
}

/**
 * 1D convolution layer, over time for example.
 *
 * Input: float32 [batch, steps, channels] ('channels_last') or [batch, channels, steps]. Output: the same order, `filters`
 * channels. Kernel: [kernelSize, channels / groups, filters].
 * @throws ValueError as Conv2D.
 */
export class Conv1D extends BaseConv {
  static readonly className: string = 'Conv1D';

  constructor(args: Conv1DArgs, context?: LayerContext) {
    super(args, fields, context);
  }
}
