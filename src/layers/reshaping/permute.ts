// The layer Permute. Source: https://keras.io/api/layers/reshaping_layers/permute/

import { type Tensor, tidy, transpose } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import type { Field } from '../base/fields.js';
import { floatInput, onlyShape } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { BaseLayerArgs, LayerContext } from '../base/layerArgs.js';

function dimsField(): Field<readonly number[]> {
  return {
    parse(value, { key }) {
      const isOrder = Array.isArray(value) && [...value].sort((a, b) => a - b).every((axis, i) => axis === i + 1);
      if (isOrder) return value;
      throw new KerasValueError(
        `Invalid permutation argument \`${key}\` for Permute Layer. The set of indices in \`${key}\` must be consecutive and start from 1. Received ${key}=${showValue(value)}`,
      );
    },
    serialize: (value) => value,
  };
}

const permuteFields = { dims: dimsField() };

/** The arguments of Keras's Permute. */
export interface PermuteArgs extends BaseLayerArgs {
  /** The input's axes in their new order, counted from 1. The batch axis is not among them. */
  dims: readonly number[];
}

/**
 * Transposes each example. Input: float32 of rank dims.length + 1. Output: its axes in the order of `dims`.
 * Source: https://keras.io/api/layers/reshaping_layers/permute/
 *
 * @throws ValueError if `dims` is not a permutation of 1, 2, ....
 */
export class Permute extends KerasLayer<typeof permuteFields> {
  static readonly className: string = 'Permute';

  constructor(args: PermuteArgs, context?: LayerContext) {
    super(args, permuteFields, context);
    this.inputRules = [{ rank: this.config.dims.length + 1 }];
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = onlyShape(inputShape);
    return [shape[0], ...this.config.dims.map((axis) => shape[axis])];
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => transpose(floatInput(inputs), [0, ...this.config.dims]));
  }
}

/** Makes a Permute layer. Arguments, shapes and errors are those of the class. */
export function permute(args: PermuteArgs): Permute {
  return new Permute(args);
}
