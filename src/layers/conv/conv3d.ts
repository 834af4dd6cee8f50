// The layer Conv3D, computed as a sum of 2D convolutions.
// Source: https://keras.io/api/layers/convolution_layers/convolution3d/

import type { LayerContext } from '../base/layerArgs.js';
import { BaseConv, type ConvArgs } from './baseConv.js';
import { convFields } from './convFields.js';

const fields = convFields(3);

/** The arguments of Keras's Conv3D. */
export interface Conv3DArgs extends ConvArgs {}

/**
 * 3D convolution layer.
 *
 * Input: float32 [batch, depth, height, width, channels] ('channels_last') or [batch, channels, depth, height, width].
 * Output: float32 in the same order with `filters` channels.
 * Kernel: [kernelD, kernelH, kernelW, channels / groups, filters].
 * Source: https://keras.io/api/layers/convolution_layers/convolution3d/
 *
 * @throws ValueError as Conv2D.
 */
export class Conv3D extends BaseConv {
  static readonly className: string = 'Conv3D';

  constructor(args: Conv3DArgs, context?: LayerContext) {
    super(args, fields, context);
  }
}

/** Makes a Conv3D layer. Arguments, shapes and errors are those of the class. */
export function conv3d(args: Conv3DArgs): Conv3D {
  return new Conv3D(args);
}
