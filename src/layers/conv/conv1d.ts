// The layer Conv1D, computed as a 2D convolution of height one.
// Source: https://keras.io/api/layers/convolution_layers/convolution1d/

import type { LayerContext } from '../base/layerArgs.js';
import { BaseConv, type ConvArgs } from './baseConv.js';
import { convFields } from './convFields.js';

const fields = convFields(1);

/** The arguments of Keras's Conv1D. */
export interface Conv1DArgs extends ConvArgs {
  /** 'valid' (default), 'same' or 'causal', in any letter case. 'causal' pads in front only. */
  padding?: string;
}

/**
 * 1D convolution layer, for example over time.
 *
 * Input: float32 [batch, steps, channels] ('channels_last') or [batch, channels, steps]; int32 is cast. Output: float32
 * in the same order with `filters` channels. Kernel: [kernelSize, channels / groups, filters].
 * Source: https://keras.io/api/layers/convolution_layers/convolution1d/
 *
 * @throws ValueError as Conv2D.
 */
export class Conv1D extends BaseConv {
  static readonly className: string = 'Conv1D';

  constructor(args: Conv1DArgs, context?: LayerContext) {
    super(args, fields, context);
  }
}

/** Makes a Conv1D layer. Arguments, shapes and errors are those of the class. */
export function conv1d(args: Conv1DArgs): Conv1D {
  return new Conv1D(args);
}
