// The layer PReLU: a relu whose negative slope is learned, for each position or shared along axes.
// Source: https://keras.io/api/layers/activation_layers/prelu/

import { prelu as preluOf, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayerVariable, Shape } from '@tensorflow/tfjs-layers';
import { constraint, type Field, initializer, regularizer } from '../base/fields.js';
import type { ConstraintLike, InitializerLike, RegularizerLike } from '../base/identifiers.js';
import { floatInput, onlyShape } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { BaseLayerArgs, LayerContext } from '../base/layerArgs.js';

/** One axis or several; null for none. */
function axes(): Field<readonly number[] | null> {
  return {
    parse(value, { where, key }) {
      if (value == null) return null;
      const list = typeof value === 'number' ? [value] : value;
      if (Array.isArray(list) && list.every((axis) => Number.isInteger(axis))) return list;
      throw new KerasValueError(
        `Argument \`${key}\` of layer ${where} must be an integer or a list of integers. Received: ${key}=${showValue(value)}`,
      );
    },
    serialize: (value) => value,
  };
}

const fields = {
  alphaInitializer: initializer('Zeros'),
  alphaRegularizer: regularizer(),
  alphaConstraint: constraint(),
  sharedAxes: axes(),
};

/** The arguments of Keras's PReLU. */
export interface PReLUArgs extends BaseLayerArgs {
  /** Default 'Zeros'. */
  alphaInitializer?: InitializerLike;
  /** A penalty on the alpha: a name, serialized regularizer, instance or function. Default null: none. */
  alphaRegularizer?: RegularizerLike;
  /**
   * Applied to the alpha after each update: a name, serialized constraint, instance or function. Default null: none.
   */
  alphaConstraint?: ConstraintLike;
  /** Axes along which the slopes are shared; 1 is the first after the batch. Default: none. */
  sharedAxes?: number | readonly number[] | null;
}

/**
 * Gives x where x >= 0 and alpha x elsewhere.
 * Input and output: float32 [batch, ...]. Weight: alpha, of the input's shape without the batch and with 1 along shared
 * axes.
 * Source: https://keras.io/api/layers/activation_layers/prelu/
 *
 * @throws ValueError for an axis of unknown size that is not shared.
 */
export class PReLU extends KerasLayer<typeof fields> {
  static readonly className: string = 'PReLU';

  #alpha: LayerVariable | null = null;

  constructor(args: PReLUArgs = {}, context?: LayerContext) {
    super(args, fields, context);
    this.supportsMasking = true;
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = onlyShape(inputShape);
    const { sharedAxes, alphaInitializer, alphaRegularizer, alphaConstraint } = this.config;
    const isShared = (axis: number) => sharedAxes?.some((a) => (a < 0 ? a + shape.length : a) === axis) ?? false;
    const alphaShape = shape.slice(1).map((size, i) => (isShared(i + 1) ? 1 : size));
    if (alphaShape.includes(null)) {
      throw new KerasValueError(
        `PReLU '${this.name}': every axis that is not in \`shared_axes\` must have a known size. Received: input_shape=${showValue(shape)}, shared_axes=${showValue(sharedAxes)}`,
      );
    }
    const axes = Object.fromEntries(
      alphaShape.flatMap((size, i) => (isShared(i + 1) ? [] : [[i + 1, size as number]])),
    );
    this.inputRules = [{ rank: shape.length, axes }];
    this.#alpha = this.addVariable('alpha', alphaShape as number[], {
      initializer: alphaInitializer,
      regularizer: alphaRegularizer,
      constraint: alphaConstraint,
    });
    super.build(inputShape);
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => preluOf(floatInput(inputs), (this.#alpha as LayerVariable).read()));
  }
}

/** Makes a PReLU layer. Arguments, shapes and errors are those of the class. */
export function prelu(args: PReLUArgs = {}): PReLU {
  return new PReLU(args);
}
