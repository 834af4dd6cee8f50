// The layer Flatten. Source: https://keras.io/api/layers/reshaping_layers/flatten/

import { reshape, type Tensor, tidy, transpose, util } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import { dataFormat } from '../base/fields.js';
import { floatInput, onlyShape } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import type { BaseLayerArgs, LayerContext } from '../base/layerArgs.js';

const flattenFields = { dataFormat: dataFormat() };

/** The arguments of Keras's Flatten. */
export interface FlattenArgs extends BaseLayerArgs {
  /**
   * 'channels_last', or 'channels_first', which moves the channels to the end before flattening. Default null: what
   * `imageDataFormat()` says.
   */
  dataFormat?: string | null;
}

/**
 * Flattens each example. Input: float32 [batch, ...]. Output: [batch, n]. Both data formats give the same order of
 * values.
 * Source: https://keras.io/api/layers/reshaping_layers/flatten/
 */
export class Flatten extends KerasLayer<typeof flattenFields> {
  static readonly className: string = 'Flatten';

  constructor(args: FlattenArgs = {}, context?: LayerContext) {
    super(args, flattenFields, context);
    this.inputRules = [{ minRank: 1 }];
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, ...others] = onlyShape(inputShape);
    return [batch, others.includes(null) ? null : util.sizeFromShape(others as number[])];
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const x = floatInput(inputs);
      const isTransposed = this.config.dataFormat === 'channels_first' && x.rank > 2;
      const others = x.shape.map((_, axis) => axis).slice(2);
      const transposed = isTransposed ? transpose(x, [0, ...others, 1]) : x;
      return reshape(transposed, this.computeOutputShape(x.shape) as number[]);
    });
  }
}

/** Makes a Flatten layer. Arguments, shapes and errors are those of the class. */
export function flatten(args: FlattenArgs = {}): Flatten {
  return new Flatten(args);
}
