// The layers GlobalAveragePooling1D, GlobalAveragePooling2D and GlobalAveragePooling3D.
// Source: https://keras.io/api/layers/pooling_layers/global_average_pooling2d/

import { cast, div, expandDims, mean, sum, type Tensor, tidy, where, zerosLike } from '@tensorflow/tfjs-core';
import { only } from '../base/inputs.js';
import type { Kwargs, LayerContext } from '../base/layerArgs.js';
import { BaseGlobalPooling, type GlobalPoolArgs } from './baseGlobalPooling.js';

/** The arguments of Keras's GlobalAveragePooling1D. */
export interface GlobalAveragePooling1DArgs extends GlobalPoolArgs {}

/**
 * The average of each channel. Input: float32 [batch, steps, channels] or
 * [batch, channels, steps]. Output: [batch, channels], or the input's rank with keepdims.
 * Source: https://keras.io/api/layers/pooling_layers/global_average_pooling1d/
 *
 * @throws ValueError for an input of the wrong rank.
 */
export class GlobalAveragePooling1D extends BaseGlobalPooling {
  static readonly className: string = 'GlobalAveragePooling1D';

  constructor(args: GlobalAveragePooling1DArgs = {}, context?: LayerContext) {
    super(args, 1, context);
    this.supportsMasking = true;
  }

  /** With a mask [batch, steps] only its true steps count. */
  override call(inputs: Tensor | Tensor[], kwargs: Kwargs): Tensor {
    const mask = kwargs?.mask as Tensor | null | undefined;
    return mask ? tidy(() => this.#maskedMean(only(inputs), mask)) : super.call(inputs);
  }

  #maskedMean(x: Tensor, mask: Tensor): Tensor {
    const { dataFormat, keepdims } = this.config;
    const steps = dataFormat === 'channels_last' ? 1 : 2;
    const weights = expandDims(cast(mask, 'float32'), 3 - steps);
    const counted = where(cast(weights, 'bool'), x, zerosLike(x));
    return div(sum(counted, steps, keepdims), sum(weights, steps, keepdims));
  }

  /** The output has no steps, so it has no mask. */
  override computeMask(): Tensor {
    return null as unknown as Tensor;
  }

  protected reduce(x: Tensor, axes: number[], keepdims: boolean): Tensor {
    return mean(x, axes, keepdims);
  }
}

/** Makes a GlobalAveragePooling1D layer. Arguments, shapes and errors are those of the class. */
export function globalAveragePooling1d(args: GlobalAveragePooling1DArgs = {}): GlobalAveragePooling1D {
  return new GlobalAveragePooling1D(args);
}

/** The arguments of Keras's GlobalAveragePooling2D. */
export interface GlobalAveragePooling2DArgs extends GlobalPoolArgs {}

/**
 * The average of each channel. Input: float32 [batch, height, width, channels] or
 * [batch, channels, height, width]. Output: [batch, channels], or the input's rank with keepdims.
 * Source: https://keras.io/api/layers/pooling_layers/global_average_pooling2d/
 *
 * @throws ValueError for an input of the wrong rank.
 */
export class GlobalAveragePooling2D extends BaseGlobalPooling {
  static readonly className: string = 'GlobalAveragePooling2D';

  constructor(args: GlobalAveragePooling2DArgs = {}, context?: LayerContext) {
    super(args, 2, context);
  }

  protected reduce(x: Tensor, axes: number[], keepdims: boolean): Tensor {
    return mean(x, axes, keepdims);
  }
}

/** Makes a GlobalAveragePooling2D layer. Arguments, shapes and errors are those of the class. */
export function globalAveragePooling2d(args: GlobalAveragePooling2DArgs = {}): GlobalAveragePooling2D {
  return new GlobalAveragePooling2D(args);
}

/** The arguments of Keras's GlobalAveragePooling3D. */
export interface GlobalAveragePooling3DArgs extends GlobalPoolArgs {}

/**
 * The average of each channel. Input: float32 [batch, depth, height, width, channels] or
 * [batch, channels, depth, height, width]. Output: [batch, channels], or the input's rank with keepdims.
 * Source: https://keras.io/api/layers/pooling_layers/global_average_pooling3d/
 *
 * @throws ValueError for an input of the wrong rank.
 */
export class GlobalAveragePooling3D extends BaseGlobalPooling {
  static readonly className: string = 'GlobalAveragePooling3D';

  constructor(args: GlobalAveragePooling3DArgs = {}, context?: LayerContext) {
    super(args, 3, context);
  }

  protected reduce(x: Tensor, axes: number[], keepdims: boolean): Tensor {
    return mean(x, axes, keepdims);
  }
}

/** Makes a GlobalAveragePooling3D layer. Arguments, shapes and errors are those of the class. */
export function globalAveragePooling3d(args: GlobalAveragePooling3DArgs = {}): GlobalAveragePooling3D {
  return new GlobalAveragePooling3D(args);
}
