// The layer Conv2DTranspose.
// Source: https://keras.io/api/layers/convolution_layers/convolution2d_transpose/

import type { LayerContext } from '../base/layerArgs.js';
import { BaseConvTranspose, type ConvTransposeArgs, transposeFields } from './baseConvTranspose.js';

const fields = transposeFields(2);

/** The arguments of Keras's Conv2DTranspose. */
export interface Conv2DTransposeArgs extends ConvTransposeArgs {}

/**
 * Transposed 2D convolution, with output padding and dilation.
 *
 * Input: float32 [batch, height, width, channels] or [batch, channels, height, width]. Output: float32 in the same
 * order with `filters` channels. Kernel: [kernelH, kernelW, filters, channels].
 * Source: https://keras.io/api/layers/convolution_layers/convolution2d_transpose/
 *
 * @throws ValueError as Conv2D, for an outputPadding that is not below the strides, and for groups above 1.
 */
export class Conv2DTranspose extends BaseConvTranspose {
  static readonly className: string = 'Conv2DTranspose';

  constructor(args: Conv2DTransposeArgs, context?: LayerContext) {
    super(args, fields, context);
  }
}

/** Makes a Conv2DTranspose layer. Arguments, shapes and errors are those of the class. */
export function conv2dTranspose(args: Conv2DTransposeArgs): Conv2DTranspose {
  return new Conv2DTranspose(args);
}
