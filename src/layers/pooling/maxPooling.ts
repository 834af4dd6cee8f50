// The layers MaxPooling1D, MaxPooling2D and MaxPooling3D.
// Source: https://keras.io/api/layers/pooling_layers/max_pooling2d/

import type { LayerContext } from '../base/layerArgs.js';
import { BasePooling, type MaxPoolArgs, poolFields } from './basePooling.js';

const fields1D = poolFields(1, 2);

/** The arguments of Keras's MaxPooling1D. */
export interface MaxPooling1DArgs extends MaxPoolArgs {}

/**
 * The maximum of each window. Input and output: float32 [batch, steps, channels] or
 * [batch, channels, steps].
 * Source: https://keras.io/api/layers/pooling_layers/max_pooling1d/
 *
 * @throws ValueError for sizes below 1, unknown names, and inputs of the wrong rank or smaller than the window.
 */
export class MaxPooling1D extends BasePooling {
  static readonly className: string = 'MaxPooling1D';
  protected readonly mode = 'max';

  constructor(args: MaxPooling1DArgs = {}, context?: LayerContext) {
    super(args, fields1D, context);
  }
}

/** Makes a MaxPooling1D layer. Arguments, shapes and errors are those of the class. */
export function maxPooling1d(args: MaxPooling1DArgs = {}): MaxPooling1D {
  return new MaxPooling1D(args);
}

const fields2D = poolFields(2, 2);

/** The arguments of Keras's MaxPooling2D. */
export interface MaxPooling2DArgs extends MaxPoolArgs {}

/**
 * The maximum of each window. Input and output: float32 [batch, height, width, channels] or
 * [batch, channels, height, width].
 * Source: https://keras.io/api/layers/pooling_layers/max_pooling2d/
 *
 * @throws ValueError for sizes below 1, unknown names, and inputs of the wrong rank or smaller than the window.
 */
export class MaxPooling2D extends BasePooling {
  static readonly className: string = 'MaxPooling2D';
  protected readonly mode = 'max';

  constructor(args: MaxPooling2DArgs = {}, context?: LayerContext) {
    super(args, fields2D, context);
  }
}

/** Makes a MaxPooling2D layer. Arguments, shapes and errors are those of the class. */
export function maxPooling2d(args: MaxPooling2DArgs = {}): MaxPooling2D {
  return new MaxPooling2D(args);
}

const fields3D = poolFields(3, 2);

/** The arguments of Keras's MaxPooling3D. */
export interface MaxPooling3DArgs extends MaxPoolArgs {}

/**
 * The maximum of each window. Input and output: float32 [batch, depth, height, width, channels] or
 * [batch, channels, depth, height, width].
 * Source: https://keras.io/api/layers/pooling_layers/max_pooling3d/
 *
 * @throws ValueError for sizes below 1, unknown names, and inputs of the wrong rank or smaller than the window.
 */
export class MaxPooling3D extends BasePooling {
  static readonly className: string = 'MaxPooling3D';
  protected readonly mode = 'max';

  constructor(args: MaxPooling3DArgs = {}, context?: LayerContext) {
    super(args, fields3D, context);
  }
}

/** Makes a MaxPooling3D layer. Arguments, shapes and errors are those of the class. */
export function maxPooling3d(args: MaxPooling3DArgs = {}): MaxPooling3D {
  return new MaxPooling3D(args);
}
