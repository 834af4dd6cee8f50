// The layer Reshape. Source: https://keras.io/api/layers/reshaping_layers/reshape/

import { reshape as reshapeTensor, type Tensor, tidy, util } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import type { Field } from '../base/fields.js';
import { floatInput, onlyShape } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { BaseLayerArgs, LayerContext } from '../base/layerArgs.js';

function targetShapeField(): Field<readonly number[]> {
  return {
    parse(value, { key }) {
      const isShape = Array.isArray(value) && value.every((size) => Number.isInteger(size) && size >= -1);
      if (isShape && value.filter((size) => size === -1).length <= 1) return value;
      throw new KerasValueError(
        `Argument \`${key}\` must be a tuple of integers, with at most one unknown dimension (-1). Received: ${key}=${showValue(value)}`,
      );
    },
    serialize: (value) => value,
  };
}

const reshapeFields = { targetShape: targetShapeField() };

/** The arguments of Keras's Reshape. */
export interface ReshapeArgs extends BaseLayerArgs {
  /** The output's shape without the batch axis. One size may be -1; it follows from the others. */
  targetShape: readonly number[];
}

/**
 * Reshapes each example. Input: float32 [batch, ...]. Output: [batch, ...targetShape].
 * Source: https://keras.io/api/layers/reshaping_layers/reshape/
 *
 * @throws ValueError if the number of values would change.
 */
export class Reshape extends KerasLayer<typeof reshapeFields> {
  static readonly className: string = 'Reshape';

  constructor(args: ReshapeArgs, context?: LayerContext) {
    super(args, reshapeFields, context);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, ...others] = onlyShape(inputShape);
    const { targetShape } = this.config;
    if (others.includes(null)) return [batch, ...targetShape.map((size) => (size === -1 ? null : size))];
    const size = util.sizeFromShape(others as number[]);
    const known = util.sizeFromShape(targetShape.filter((n) => n !== -1));
    const hasRest = targetShape.includes(-1);
    if (hasRest ? known === 0 || size % known !== 0 : size !== known) {
      throw new KerasValueError(
        `The total size of the tensor must be unchanged (Reshape '${this.name}'). Received: input_shape=${showValue(others)}, target_shape=${showValue(targetShape)}`,
      );
    }
    return [batch, ...targetShape.map((n) => (n === -1 ? size / known : n))];
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const x = floatInput(inputs);
      return reshapeTensor(x, this.computeOutputShape(x.shape) as number[]);
    });
  }
}

/** Makes a Reshape layer. Arguments, shapes and errors are those of the class. */
export function reshape(args: ReshapeArgs): Reshape {
  return new Reshape(args);
}
