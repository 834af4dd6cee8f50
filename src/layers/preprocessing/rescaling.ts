// The layer Rescaling.
// Source: https://keras.io/api/layers/preprocessing_layers/image_preprocessing/rescaling/

import { add, mul, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { isKerasObject, type Json } from '../../core/json.js';
import { isBefore } from '../../core/kerasVersion.js';
import type { Field } from '../base/fields.js';
import { floatInput } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { BaseLayerArgs, LayerContext } from '../base/layerArgs.js';

type Numbers = number | readonly Numbers[];

/** A number or a list. Keras serializes a NumPy array as a dict with the list in it, which is kept for the config. */
interface Given {
  readonly values: Numbers;
  readonly json: Json;
}

function numbers(missing?: number): Field<Given> {
  return {
    parse(value, { where, key }) {
      const given = value === undefined ? missing : value;
      const config = isKerasObject(given) ? (given.config as { value?: unknown }) : null;
      const values = config ? config.value : given;
      const list: readonly unknown[] = Array.isArray(values) ? values.flat(Number.POSITIVE_INFINITY) : [values];
      if (list.every((item) => typeof item === 'number')) return { values: values as Numbers, json: given as Json };
      throw new KerasValueError(
        `Argument \`${key}\` of layer ${where} must be a number or a list of numbers. Received: ${key}=${showValue(value)}`,
      );
    },
    serialize: ({ json }) => json,
  };
}

const fields = { scale: numbers(), offset: numbers(0) };

/** The arguments of Keras's Rescaling. */
export interface RescalingArgs extends BaseLayerArgs {
  /** One factor, one for each channel, or nested lists that broadcast with the input. */
  scale: Numbers;
  /** One summand, one for each channel, or nested lists. Default 0. */
  offset?: Numbers;
}

/**
 * x scale + offset. Input: float32 or int32, any shape with the channels last. Output: float32.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_preprocessing/rescaling/
 */
export class Rescaling extends KerasLayer<typeof fields> {
  static readonly className: string = 'Rescaling';

  constructor(args: RescalingArgs, context?: LayerContext) {
    super(args, fields, context);
    this.supportsMasking = !isBefore(context?.kerasVersion, 3, 0); // tf.keras 2 drops masks here
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const operand = (values: Numbers) => (typeof values === 'number' ? values : tensor(values as number[]));
      const scale = this.config.scale.values;
      const offset = this.config.offset.values;
      const x = floatInput(inputs);
      const scaled = scale === 1 ? x : mul(x, operand(scale));
      return offset === 0 ? scaled : add(scaled, operand(offset));
    });
  }
}

/** Makes a Rescaling layer. Arguments, shapes and errors are those of the class. */
export function rescaling(args: RescalingArgs): Rescaling {
  return new Rescaling(args);
}
