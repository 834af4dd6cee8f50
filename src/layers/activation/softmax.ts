// The layer Softmax, over one axis or several. Source: https://keras.io/api/layers/activation_layers/softmax/

import { add, broadcastTo, cast, mul, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { isBefore } from '../../core/kerasVersion.js';
import { type ActivationFunction, getActivation } from '../activations/activations.js';
import type { Field } from '../base/fields.js';
import { floatInput } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { BaseLayerArgs, Kwargs, LayerContext } from '../base/layerArgs.js';
import { maskedScores, maskPenalty } from '../base/masks.js';

type Axis = number | readonly number[];

function axisField(): Field<Axis> {
  return {
    parse(value, { where, key }) {
      if (value === undefined) return -1;
      const list = Array.isArray(value) ? value : [value];
      if (list.length > 0 && list.every((axis) => Number.isInteger(axis))) return value as Axis;
      throw new KerasValueError(
        `Argument \`${key}\` of layer ${where} must be an integer or a list of integers. Received: ${key}=${showValue(value)}`,
      );
    },
    serialize: (value) => value,
  };
}

const fields = { axis: axisField() };

/** The arguments of Keras's Softmax. */
export interface SoftmaxArgs extends BaseLayerArgs {
  /** The axis, or the axes, over which the outputs sum to 1. Default -1. */
  axis?: Axis;
}

/**
 * exp(x) / sum of exp(x) over the axis. Input and output: float32, any shape.
 * Source: https://keras.io/api/layers/activation_layers/softmax/
 */
export class Softmax extends KerasLayer<typeof fields> {
  static readonly className: string = 'Softmax';

  readonly #activation: ActivationFunction;

  /** Before Keras 3.10 values that are masked along the whole axis became equal; since then they are zero. */
  readonly #keepsMasked: boolean;

  constructor(args: SoftmaxArgs = {}, context: LayerContext = {}) {
    super(args, fields, context);
    this.#keepsMasked = isBefore(context.kerasVersion, 3, 10);
    this.supportsMasking = true;
    const { axis } = this.config;
    this.#activation = getActivation({
      class_name: 'softmax',
      config: { axis: Array.isArray(axis) ? [...axis] : axis },
    });
  }

  /**
   * A mask keeps positions out of the sums and sets them to zero. As in Keras it is broadcast to the inputs, from the last axis
   * on: that of a sequence [batch, time] fits no [batch, time, channels].
   */
  override call(inputs: Tensor | Tensor[], kwargs: Kwargs = {}): Tensor {
    return tidy(() => {
      const x = floatInput(inputs);
      const given = kwargs.mask as Tensor | null | undefined;
      if (given == null) return this.#activation.apply(x);
      const mask = this.#fitting(given, x);
      if (this.#keepsMasked) return this.#activation.apply(add(x, maskPenalty(mask)));
      return mul(this.#activation.apply(maskedScores(x, mask)), cast(mask, 'float32'));
    });
  }

  #fitting(mask: Tensor, { shape }: Tensor): Tensor {
    const sizes = mask.shape.slice().reverse();
    const own = shape.slice().reverse();
    if (sizes.length <= own.length && sizes.every((size, i) => size === 1 || size === own[i]))
      return broadcastTo(mask, shape);
    throw new KerasValueError(
      `${this.name}: The \`mask\` must be broadcastable to \`inputs\`. Received: inputs.shape=${showValue(shape)}, mask.shape=${showValue(mask.shape)}`,
    );
  }
}

/** Makes a Softmax layer. Arguments, shapes and errors are those of the class. */
export function softmax(args: SoftmaxArgs = {}): Softmax {
  return new Softmax(args);
}
