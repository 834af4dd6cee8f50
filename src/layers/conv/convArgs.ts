// Types of the arguments of convolution layers. Source: https://keras.io/api/layers/convolution_layers/

import type { BaseLayerArgs } from '../base/layerArgs.js';

/** The arguments of all convolution layers. */
export interface GeometryArgs extends BaseLayerArgs {
  /** Size of the kernel along each spatial dimension, or one number for all. */
  kernelSize: number | readonly number[];
  /** Steps along the spatial dimensions. Default 1. */
  strides?: number | readonly number[];
  /** 'valid' (default) or 'same', in any letter case. 'same' puts an odd row of zeros at the end. */
  padding?: string;
  /** 'channels_last' or 'channels_first'. Default null: what `imageDataFormat()` says. */
  dataFormat?: string | null;
  /** Distance between the kernel's taps. Default 1. */
  dilationRate?: number | readonly number[];
  /** A name, function, serialized activation or layer. Default: linear. */
  activation?: unknown;
  /** Default true. */
  useBias?: boolean;
  /** Default 'zeros'; null means 'glorot_uniform', as in Keras. */
  biasInitializer?: unknown;
  /** A penalty on the bias: a name, serialized regularizer, instance or function. Default null: none. */
  biasRegularizer?: unknown;
  /** Applied to the bias after each update: a name, serialized constraint, instance or function. Default null: none. */
  biasConstraint?: unknown;
}

/** The arguments about a weight named `kernel`. */
export interface KernelArgs {
  /**
   * A name, serialized initializer, instance, function or array. Default 'glorot_uniform', also for null, as in Keras.
   */
  kernelInitializer?: unknown;
  /** A penalty on the kernel: a name, serialized regularizer, instance or function. Default null: none. */
  kernelRegularizer?: unknown;
  /**
   * Applied to the kernel after each update: a name, serialized constraint, instance or function. Default null: none.
   */
  kernelConstraint?: unknown;
}
