// The layers AdaptiveAveragePooling1D to 3D and AdaptiveMaxPooling1D to 3D.
// Source: https://keras.io/api/layers/pooling_layers/

import type { LayerContext } from '../base/layerArgs.js';
import { type AdaptivePoolArgs, adaptiveFields, BaseAdaptivePooling } from './baseAdaptivePooling.js';

const fields1D = adaptiveFields(1);
const fields2D = adaptiveFields(2);
const fields3D = adaptiveFields(3);

/**
 * The average of each of `outputSize` windows. Input and output: float32 [batch, steps, channels] or
 * [batch, channels, steps].
 * Source: https://keras.io/api/layers/pooling_layers/
 *
 * @throws ValueError for sizes below 1 and inputs of the wrong rank.
 */
export class AdaptiveAveragePooling1D extends BaseAdaptivePooling {
  static readonly className: string = 'AdaptiveAveragePooling1D';
  protected readonly mode = 'average';

  constructor(args: AdaptivePoolArgs, context?: LayerContext) {
    super(args, fields1D, context);
  }
}

/** Makes an AdaptiveAveragePooling1D layer. Arguments, shapes and errors are those of the class. */
export function adaptiveAveragePooling1d(args: AdaptivePoolArgs): AdaptiveAveragePooling1D {
  return new AdaptiveAveragePooling1D(args);
}

/**
 * The average of each of `outputSize` windows. Input and output: float32 [batch, height, width, channels] or
 * [batch, channels, height, width].
 * Source: https://keras.io/api/layers/pooling_layers/
 *
 * @throws ValueError for sizes below 1 and inputs of the wrong rank.
 */
export class AdaptiveAveragePooling2D extends BaseAdaptivePooling {
  static readonly className: string = 'AdaptiveAveragePooling2D';
  protected readonly mode = 'average';

  constructor(args: AdaptivePoolArgs, context?: LayerContext) {
    super(args, fields2D, context);
  }
}

/** Makes an AdaptiveAveragePooling2D layer. Arguments, shapes and errors are those of the class. */
export function adaptiveAveragePooling2d(args: AdaptivePoolArgs): AdaptiveAveragePooling2D {
  return new AdaptiveAveragePooling2D(args);
}

/**
 * The average of each of `outputSize` windows. Input and output: float32 [batch, depth, height, width, channels] or
 * [batch, channels, depth, height, width].
 * Source: https://keras.io/api/layers/pooling_layers/
 *
 * @throws ValueError for sizes below 1 and inputs of the wrong rank.
 */
export class AdaptiveAveragePooling3D extends BaseAdaptivePooling {
  static readonly className: string = 'AdaptiveAveragePooling3D';
  protected readonly mode = 'average';

  constructor(args: AdaptivePoolArgs, context?: LayerContext) {
    super(args, fields3D, context);
  }
}

/** Makes an AdaptiveAveragePooling3D layer. Arguments, shapes and errors are those of the class. */
export function adaptiveAveragePooling3d(args: AdaptivePoolArgs): AdaptiveAveragePooling3D {
  return new AdaptiveAveragePooling3D(args);
}

/**
 * The maximum of each of `outputSize` windows. Input and output: float32 [batch, steps, channels] or
 * [batch, channels, steps].
 * Source: https://keras.io/api/layers/pooling_layers/
 *
 * @throws ValueError for sizes below 1 and inputs of the wrong rank.
 */
export class AdaptiveMaxPooling1D extends BaseAdaptivePooling {
  static readonly className: string = 'AdaptiveMaxPooling1D';
  protected readonly mode = 'max';

  constructor(args: AdaptivePoolArgs, context?: LayerContext) {
    super(args, fields1D, context);
  }
}

/** Makes an AdaptiveMaxPooling1D layer. Arguments, shapes and errors are those of the class. */
export function adaptiveMaxPooling1d(args: AdaptivePoolArgs): AdaptiveMaxPooling1D {
  return new AdaptiveMaxPooling1D(args);
}

/**
 * The maximum of each of `outputSize` windows. Input and output: float32 [batch, height, width, channels] or
 * [batch, channels, height, width].
 * Source: https://keras.io/api/layers/pooling_layers/
 *
 * @throws ValueError for sizes below 1 and inputs of the wrong rank.
 */
export class AdaptiveMaxPooling2D extends BaseAdaptivePooling {
  static readonly className: string = 'AdaptiveMaxPooling2D';
  protected readonly mode = 'max';

  constructor(args: AdaptivePoolArgs, context?: LayerContext) {
    super(args, fields2D, context);
  }
}

/** Makes an AdaptiveMaxPooling2D layer. Arguments, shapes and errors are those of the class. */
export function adaptiveMaxPooling2d(args: AdaptivePoolArgs): AdaptiveMaxPooling2D {
  return new AdaptiveMaxPooling2D(args);
}

/**
 * The maximum of each of `outputSize` windows. Input and output: float32 [batch, depth, height, width, channels] or
 * [batch, channels, depth, height, width].
 * Source: https://keras.io/api/layers/pooling_layers/
 *
 * @throws ValueError for sizes below 1 and inputs of the wrong rank.
 */
export class AdaptiveMaxPooling3D extends BaseAdaptivePooling {
  static readonly className: string = 'AdaptiveMaxPooling3D';
  protected readonly mode = 'max';

  constructor(args: AdaptivePoolArgs, context?: LayerContext) {
    super(args, fields3D, context);
  }
}

/** Makes an AdaptiveMaxPooling3D layer. Arguments, shapes and errors are those of the class. */
export function adaptiveMaxPooling3d(args: AdaptivePoolArgs): AdaptiveMaxPooling3D {
  return new AdaptiveMaxPooling3D(args);
}
