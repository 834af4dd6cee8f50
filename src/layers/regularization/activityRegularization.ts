// The layer ActivityRegularization: the identity with a penalty on its values.
// Source: https://keras.io/api/layers/regularization_layers/activity_regularization/

import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { Json } from '../../core/json.js';
import { number } from '../base/fields.js';
import { floatInput } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import type { BaseLayerArgs, LayerContext } from '../base/layerArgs.js';

const fields = { l1: number(0), l2: number(0) };

/** The arguments of Keras's ActivityRegularization. */
export interface ActivityRegularizationArgs extends Omit<BaseLayerArgs, 'activityRegularizer'> {
  /** Factor of the sum of absolute values. Default 0. */
  l1?: number;
  /** Factor of the sum of squares. Default 0. */
  l2?: number;
}

/**
 * The identity, which adds l1 sum |x| + l2 sum x² per example to the loss in training. Input and output: float32, any
 * shape.
 * Source: https://keras.io/api/layers/regularization_layers/activity_regularization/
 */
export class ActivityRegularization extends KerasLayer<typeof fields> {
  static readonly className: string = 'ActivityRegularization';

  constructor(args: ActivityRegularizationArgs = {}, context?: LayerContext) {
    const { l1 = 0, l2 = 0 } = args;
    // Keras 2 writes both the regularizer and its factors.
    const { activity_regularizer: _, activityRegularizer: __, ...own } = args as Record<string, unknown>;
    super({ ...own, activityRegularizer: { class_name: 'L1L2', config: { l1, l2 } } }, fields, context);
    this.supportsMasking = true;
  }

  override getKerasConfig(): Record<string, Json> {
    const { activity_regularizer: _, ...config } = super.getKerasConfig();
    return config;
  }

  givesInput(): boolean {
    return true;
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => floatInput(inputs));
  }
}

/** Makes an ActivityRegularization layer. Arguments, shapes and errors are those of the class. */
export function activityRegularization(args: ActivityRegularizationArgs = {}): ActivityRegularization {
  return new ActivityRegularization(args);
}
