// The layer Conv3DTranspose.
// Source: https://keras.io/api/layers/convolution_layers/convolution3d_transpose/

import type { LayerContext } from '../base/layerArgs.js';
import { BaseConvTranspose, type ConvTransposeArgs, transposeFields } from './baseConvTranspose.js';

const fields = transposeFields(3);

/** The arguments of Keras's Conv3DTranspose. */
export interface Conv3DTransposeArgs extends ConvTransposeArgs {}

/**
 * Transposed 3D convolution, with output padding and dilation.
 *
 * Input: float32 [batch, depth, height, width, channels] or [batch, channels, depth, height, width].
 * Output: float32 in the same order with `filters` channels. Kernel: [kernelD, kernelH, kernelW, filters, channels].
 * Source: https://keras.io/api/layers/convolution_layers/convolution3d_transpose/
 *
 * @throws ValueError as Conv2D, for an outputPadding that is not below the strides, and for groups above 1.
 */
export class Conv3DTranspose extends BaseConvTranspose {
  static readonly className: string = 'Conv3DTranspose';

  constructor(args: Conv3DTransposeArgs, context?: LayerContext) {
    super(args, fields, context);
  }
}

/** Makes a Conv3DTranspose layer. Arguments, shapes and errors are those of the class. */
export function conv3dTranspose(args: Conv3DTransposeArgs): Conv3DTranspose {
  return new Conv3DTranspose(args);
}
