// Types of the arguments of convolution layers. Source: https://keras.io/api/layers/convolution_layers/

import type { ActivationLike, ConstraintLike, InitializerLike, RegularizerLike } from '../base/identifiers.js';
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
  activation?: ActivationLike;
  /** Default true. */
  useBias?: boolean;
  /** Default 'zeros'; null means 'glorot_uniform', as in Keras. */
  biasInitializer?: InitializerLike;
  /** A penalty on the bias: a name, serialized regularizer, instance or function. Default null: none. */
  biasRegularizer?: RegularizerLike;
  /** Applied to the bias after each update: a name, serialized constraint, instance or function. Default null: none. */
  biasConstraint?: ConstraintLike;
}

/** The arguments about a weight named `kernel`. */
export interface KernelArgs {
  /**
   * A name, serialized initializer, instance, function or array. Default 'glorot_uniform', also for null, as in Keras.
   */
  kernelInitializer?: InitializerLike;
  /** A penalty on the kernel: a name, serialized regularizer, instance or function. Default null: none. */
  kernelRegularizer?: RegularizerLike;
  /**
   * Applied to the kernel after each update: a name, serialized constraint, instance or function. Default null: none.
   */
  kernelConstraint?: ConstraintLike;
}
