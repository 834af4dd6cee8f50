// Identity: the output is the input. Source: https://keras.io/api/layers/core_layers/identity/

import type { Tensor } from '@tensorflow/tfjs-core';
import { only } from '../base/inputs.js';
import { type BaseLayerArgs, KerasLayer, type LayerContext } from '../base/kerasLayer.js';

const fields = {};

/** Any tensor; values and dtype stay. Source: https://keras.io/api/layers/core_layers/identity/ */
export class Identity extends KerasLayer<typeof fields> {
  static readonly className: string = 'Identity';

  constructor(args: BaseLayerArgs = {}, context?: LayerContext) {
    super(args, fields, context);
    this.supportsMasking = true;
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return only(inputs);
  }
}
