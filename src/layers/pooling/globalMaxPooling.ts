// The layers GlobalMaxPooling1D, GlobalMaxPooling2D and GlobalMaxPooling3D.
// Source: https://keras.io/api/layers/pooling_layers/global_max_pooling2d/

import type { Tensor } from '@tensorflow/tfjs-core';
import { maxOf } from '../base/extremes.js';
import type { LayerContext } from '../base/layerArgs.js';
import { BaseGlobalPooling, type GlobalPoolArgs } from './baseGlobalPooling.js';

/** The arguments of Keras's GlobalMaxPooling1D. */
export interface GlobalMaxPooling1DArgs extends GlobalPoolArgs {}

/**
 * The maximum of each channel. Input: float32 [batch, steps, channels] or
 * [batch, channels, steps]. Output: [batch, channels], or the input's rank with keepdims.
 * Source: https://keras.io/api/layers/pooling_layers/global_max_pooling1d/
 *
 * @throws ValueError for an input of the wrong rank.
 */
export class GlobalMaxPooling1D extends BaseGlobalPooling {
  static readonly className: string = 'GlobalMaxPooling1D';

  constructor(args: GlobalMaxPooling1DArgs = {}, context?: LayerContext) {
    super(args, 1, context);
  }

  protected reduce(x: Tensor, axes: number[], keepdims: boolean): Tensor {
    return maxOf(x, axes, keepdims);
  }
}

/** Makes a GlobalMaxPooling1D layer. Arguments, shapes and errors are those of the class. */
export function globalMaxPooling1d(args: GlobalMaxPooling1DArgs = {}): GlobalMaxPooling1D {
  return new GlobalMaxPooling1D(args);
}

/** The arguments of Keras's GlobalMaxPooling2D. */
export interface GlobalMaxPooling2DArgs extends GlobalPoolArgs {}

/**
 * The maximum of each channel. Input: float32 [batch, height, width, channels] or
 * [batch, channels, height, width]. Output: [batch, channels], or the input's rank with keepdims.
 * Source: https://keras.io/api/layers/pooling_layers/global_max_pooling2d/
 *
 * @throws ValueError for an input of the wrong rank.
 */
export class GlobalMaxPooling2D extends BaseGlobalPooling {
  static readonly className: string = 'GlobalMaxPooling2D';

  constructor(args: GlobalMaxPooling2DArgs = {}, context?: LayerContext) {
    super(args, 2, context);
  }

  protected reduce(x: Tensor, axes: number[], keepdims: boolean): Tensor {
    return maxOf(x, axes, keepdims);
  }
}

/** Makes a GlobalMaxPooling2D layer. Arguments, shapes and errors are those of the class. */
export function globalMaxPooling2d(args: GlobalMaxPooling2DArgs = {}): GlobalMaxPooling2D {
  return new GlobalMaxPooling2D(args);
}

/** The arguments of Keras's GlobalMaxPooling3D. */
export interface GlobalMaxPooling3DArgs extends GlobalPoolArgs {}

/**
 * The maximum of each channel. Input: float32 [batch, depth, height, width, channels] or
 * [batch, channels, depth, height, width]. Output: [batch, channels], or the input's rank with keepdims.
 * Source: https://keras.io/api/layers/pooling_layers/global_max_pooling3d/
 *
 * @throws ValueError for an input of the wrong rank.
 */
export class GlobalMaxPooling3D extends BaseGlobalPooling {
  static readonly className: string = 'GlobalMaxPooling3D';

  constructor(args: GlobalMaxPooling3DArgs = {}, context?: LayerContext) {
    super(args, 3, context);
  }

  protected reduce(x: Tensor, axes: number[], keepdims: boolean): Tensor {
    return maxOf(x, axes, keepdims);
  }
}

/** Makes a GlobalMaxPooling3D layer. Arguments, shapes and errors are those of the class. */
export function globalMaxPooling3d(args: GlobalMaxPooling3DArgs = {}): GlobalMaxPooling3D {
  return new GlobalMaxPooling3D(args);
}
