// Arguments of convolution layers, as users see them. Source: https://keras.io/api/layers/convolution_layers/

import type { BaseLayerArgs } from '../base/kerasLayer.js';

/** Where the kernel is and how it moves. */
export interface GeometryArgs extends BaseLayerArgs {
  /** Size of the kernel along each side, or one number for all sides. */
  kernelSize: number | readonly number[];
  /** Steps along the sides. Default 1. */
  strides?: number | readonly number[];
  /** 'valid' (default) or 'same', in any letter case; 'same' puts the odd row of zeros at the end. */
  padding?: string;
  /** 'channels_last' (default) or 'channels_first', or null for the default. */
  dataFormat?: string | null;
  /** Spacing of the kernel's taps. Default 1. */
  dilationRate?: number | readonly number[];
  /** Name, function, Keras object or layer. Default: none. */
  activation?: unknown;
  /** Default true. */
  useBias?: boolean;
  /** Default 'zeros'; null means 'glorot_uniform', as in Keras. */
  biasInitializer?: unknown;
  biasRegularizer?: unknown;
  biasConstraint?: unknown;
}

/** The arguments about a weight named `kernel`. */
export interface KernelArgs {
  /** Name, Keras object, instance, function or array. Default 'glorot_uniform', which null means too, as in Keras. */
  kernelInitializer?: unknown;
  kernelRegularizer?: unknown;
  kernelConstraint?: unknown;
}
