// The layers AveragePooling1D, AveragePooling2D and AveragePooling3D.
// Source: https://keras.io/api/layers/pooling_layers/average_pooling2d/

import type { LayerContext } from '../base/layerArgs.js';
import { type AveragePoolArgs, BasePooling, poolFields } from './basePooling.js';

const fields1D = poolFields(1);

/** The arguments of Keras's AveragePooling1D. */
export interface AveragePooling1DArgs extends AveragePoolArgs {}

/**
 * The average of each window. Input and output: float32 [batch, steps, channels] or
 * [batch, channels, steps]. With 'same' padding the average is over the values of the input only.
 * Source: https://keras.io/api/layers/pooling_layers/average_pooling1d/
 *
 * @throws ValueError for sizes below 1, unknown names, and inputs of the wrong rank or smaller than the window.
 */
export class AveragePooling1D extends BasePooling {
  static readonly className: string = 'AveragePooling1D';
  protected readonly mode = 'average';

  constructor(args: AveragePooling1DArgs, context?: LayerContext) {
    super(args, fields1D, context);
  }
}

/** Makes an AveragePooling1D layer. Arguments, shapes and errors are those of the class. */
export function averagePooling1d(args: AveragePooling1DArgs): AveragePooling1D {
  return new AveragePooling1D(args);
}

const fields2D = poolFields(2);

/** The arguments of Keras's AveragePooling2D. */
export interface AveragePooling2DArgs extends AveragePoolArgs {}

/**
 * The average of each window. Input and output: float32 [batch, height, width, channels] or
 * [batch, channels, height, width]. With 'same' padding the average is over the values of the input only.
 * Source: https://keras.io/api/layers/pooling_layers/average_pooling2d/
 *
 * @throws ValueError for sizes below 1, unknown names, and inputs of the wrong rank or smaller than the window.
 */
export class AveragePooling2D extends BasePooling {
  static readonly className: string = 'AveragePooling2D';
  protected readonly mode = 'average';

  constructor(args: AveragePooling2DArgs, context?: LayerContext) {
    super(args, fields2D, context);
  }
}

/** Makes an AveragePooling2D layer. Arguments, shapes and errors are those of the class. */
export function averagePooling2d(args: AveragePooling2DArgs): AveragePooling2D {
  return new AveragePooling2D(args);
}

const fields3D = poolFields(3);

/** The arguments of Keras's AveragePooling3D. */
export interface AveragePooling3DArgs extends AveragePoolArgs {}

/**
 * The average of each window. Input and output: float32 [batch, depth, height, width, channels] or
 * [batch, channels, depth, height, width]. With 'same' padding the average is over the values of the input only.
 * Source: https://keras.io/api/layers/pooling_layers/average_pooling3d/
 *
 * @throws ValueError for sizes below 1, unknown names, and inputs of the wrong rank or smaller than the window.
 */
export class AveragePooling3D extends BasePooling {
  static readonly className: string = 'AveragePooling3D';
  protected readonly mode = 'average';

  constructor(args: AveragePooling3DArgs, context?: LayerContext) {
    super(args, fields3D, context);
  }
}

/** Makes an AveragePooling3D layer. Arguments, shapes and errors are those of the class. */
export function averagePooling3d(args: AveragePooling3DArgs): AveragePooling3D {
  return new AveragePooling3D(args);
}
