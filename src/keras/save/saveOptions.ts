// The options of saveKerasModel().

import type { KerasFormat } from './formatOfName.js';
import type { SaveProgressOptions } from './saveProgress.js';

export interface SaveKerasOptions extends SaveProgressOptions {
  /**
   * 'keras': the archive of Keras 3; 'h5': the older whole-model file; 'weights.h5': the weights alone.
   * Default: the ending of `path` or `download`; 'keras' without one.
   */
  readonly format?: KerasFormat;
  /** Node: the file to write or overwrite. The folder must exist. */
  readonly path?: string;
  /**
   * Browser: whether to offer the file as a download. A text gives its name; default name: the model's. Default false.
   */
  readonly download?: string | boolean;
  /**
   * Whether the file gets the optimizer, loss and metrics of a compiled model, if Keras has names for them, and the state
   * of an optimizer of Keras that has made a step. Default true.
   */
  readonly includeOptimizer?: boolean;
  /**
   * Whether Keras 3.6 to 3.14 can read the file too: newer arguments are then left out where they have their default.
   * The state of Nadam is left out, since its order has changed. With false the config is that of Keras 3.15, key for key,
   * and earlier versions refuse it. Default false.
   */
  readonly olderKeras?: boolean;
  /**
   * Whether to read the file back before it gets its name: it must make the same graph, configs, shapes and weights, bit
   * by bit. Default true.
   */
  readonly verify?: boolean;
}
