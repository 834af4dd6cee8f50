// The layer Identity. Source: https://keras.io/api/layers/core_layers/identity/

import type { Tensor } from '@tensorflow/tfjs-core';
import { isBefore } from '../../core/kerasVersion.js';
import { only } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import type { BaseLayerArgs, LayerContext } from '../base/layerArgs.js';

const fields = {};

/** Returns its input, a tensor of any shape and dtype. Source: https://keras.io/api/layers/core_layers/identity/ */
export class Identity extends KerasLayer<typeof fields> {
  static readonly className: string = 'Identity';

  constructor(args: BaseLayerArgs = {}, context?: LayerContext) {
    super(args, fields, context);
    this.supportsMasking = !isBefore(context?.kerasVersion, 3, 0); // tf.keras 2 drops masks here
  }

  /** tf.keras copies it. */
  givesInput(isTfKeras: boolean): boolean {
    return !isTfKeras;
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return only(inputs);
  }
}

/** Makes an Identity layer. Arguments, shapes and errors are those of the class. */
export function identity(args: BaseLayerArgs = {}): Identity {
  return new Identity(args);
}
