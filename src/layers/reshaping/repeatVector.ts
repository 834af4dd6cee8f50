// The layer RepeatVector. Source: https://keras.io/api/layers/reshaping_layers/repeat_vector/

import { expandDims, type Tensor, tidy, tile } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import { positiveInteger } from '../base/fields.js';
import { floatInput, onlyShape } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import type { BaseLayerArgs, LayerContext } from '../base/layerArgs.js';

const repeatFields = { n: positiveInteger() };

/** The arguments of Keras's RepeatVector. */
export interface RepeatVectorArgs extends BaseLayerArgs {
  /** Number of repetitions. */
  n: number;
}

/**
 * Repeats each vector n times. Input: float32 [batch, channels]. Output: [batch, n, channels].
 * Source: https://keras.io/api/layers/reshaping_layers/repeat_vector/
 */
export class RepeatVector extends KerasLayer<typeof repeatFields> {
  static readonly className: string = 'RepeatVector';

  constructor(args: RepeatVectorArgs, context?: LayerContext) {
    super(args, repeatFields, context);
    this.inputRules = [{ rank: 2 }];
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, channels] = onlyShape(inputShape);
    return [batch, this.config.n, channels];
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => tile(expandDims(floatInput(inputs), 1), [1, this.config.n, 1]));
  }
}

/** Makes a RepeatVector layer. Arguments, shapes and errors are those of the class. */
export function repeatVector(args: RepeatVectorArgs): RepeatVector {
  return new RepeatVector(args);
}
