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
 * @throws ValueError for sizes below 1 and inputs of the wrong rank.
 */
export class AdaptiveAveragePooling1D extends BaseAdaptivePooling {
  static readonly className: string = 'AdaptiveAveragePooling1D';
  protected readonly mode = 'average';

  constructor(args: AdaptivePoolArgs, context?: LayerContext) {
    super(args, fields1D, context);
  }
}

/**
 * The average of each of `outputSize` windows. Input and output: float32 [batch, height, width, channels] or
 * [batch, channels, height, width].
 * @throws ValueError for sizes below 1 and inputs of the wrong rank.
 */
export class AdaptiveAveragePooling2D extends BaseAdaptivePooling {
  static readonly className: string = 'AdaptiveAveragePooling2D';
  protected readonly mode = 'average';

  constructor(args: AdaptivePoolArgs, context?: LayerContext) {
    super(args, fields2D, context);
  }
}

/**
 * The average of each of `outputSize` windows. Input and output: float32 [batch, depth, height, width, channels] or
 * [batch, channels, depth, height, width].
 * @throws ValueError for sizes below 1 and inputs of the wrong rank.
 */
export class AdaptiveAveragePooling3D extends BaseAdaptivePooling {
  static readonly className: string = 'AdaptiveAveragePooling3D';
  protected readonly mode = 'average';

  constructor(args: AdaptivePoolArgs, context?: LayerContext) {
    super(args, fields3D, context);
  }
}

/**
 * The maximum of each of `outputSize` windows. Input and output: float32 [batch, steps, channels] or
 * [batch, channels, steps].
 * @throws ValueError for sizes below 1 and inputs of the wrong rank.
 */
export class AdaptiveMaxPooling1D extends BaseAdaptivePooling {
  static readonly className: string = 'AdaptiveMaxPooling1D';
  protected readonly mode = 'max';

  constructor(args: AdaptivePoolArgs, context?: LayerContext) {
    super(args, fields1D, context);
  }
}

/**
 * The maximum of each of `outputSize` windows. Input and output: float32 [batch, height, width, channels] or
 * [batch, channels, height, width].
 * @throws ValueError for sizes below 1 and inputs of the wrong rank.
 */
export class AdaptiveMaxPooling2D extends BaseAdaptivePooling {
  static readonly className: string = 'AdaptiveMaxPooling2D';
  protected readonly mode = 'max';

  constructor(args: AdaptivePoolArgs, context?: LayerContext) {
    super(args, fields2D, context);
  }
}

/**
 * The maximum of each of `outputSize` windows. Input and output: float32 [batch, depth, height, width, channels] or
 * [batch, channels, depth, height, width].
 * @throws ValueError for sizes below 1 and inputs of the wrong rank.
 */
export class AdaptiveMaxPooling3D extends BaseAdaptivePooling {
  static readonly className: string = 'AdaptiveMaxPooling3D';
  protected readonly mode = 'max';

  constructor(args: AdaptivePoolArgs, context?: LayerContext) {
    super(args, fields3D, context);
  }
}
