// The layer Conv1DTranspose.
// Source: https://keras.io/api/layers/convolution_layers/convolution1d_transpose/

import type { LayerContext } from '../base/layerArgs.js';
import { BaseConvTranspose, type ConvTransposeArgs, transposeFields } from './baseConvTranspose.js';

const fields = transposeFields(1);

/** The arguments of Keras's Conv1DTranspose. */
export interface Conv1DTransposeArgs extends ConvTransposeArgs {}

/**
 * Transposed 1D convolution, with output padding and dilation.
 *
 * Input: float32 [batch, steps, channels] or [batch, channels, steps]. Output: float32 in the same order with `filters`
 * channels. Kernel: [kernelSize, filters, channels].
 * Source: https://keras.io/api/layers/convolution_layers/convolution1d_transpose/
 *
 * @throws ValueError as Conv2D, for an outputPadding that is not below the strides, and for groups above 1.
 */
export class Conv1DTranspose extends BaseConvTranspose {
  static readonly className: string = 'Conv1DTranspose';

  constructor(args: Conv1DTransposeArgs, context?: LayerContext) {
    super(args, fields, context);
  }
}

/** Makes a Conv1DTranspose layer. Arguments, shapes and errors are those of the class. */
export function conv1dTranspose(args: Conv1DTransposeArgs): Conv1DTranspose {
  return new Conv1DTranspose(args);
}
