// The layer Activation. Source: https://keras.io/api/layers/core_layers/activation_layer/

import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { layers, Shape } from '@tensorflow/tfjs-layers';
import { activation as activationField } from '../base/fields.js';
import type { ActivationLike } from '../base/identifiers.js';
import { floatInput, only, onlyShape } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import { KerasValueError } from '../base/kerasValueError.js';
import type { BaseLayerArgs, LayerContext } from '../base/layerArgs.js';

const fields = { activation: activationField() };

/** The arguments of Keras's Activation. */
export interface ActivationArgs extends BaseLayerArgs {
  /** A name, function, serialized activation or layer; null is 'linear'. */
  activation: ActivationLike;
}

/**
 * Applies an activation function. Input and output: float32, any shape; int32 is cast.
 * Source: https://keras.io/api/layers/core_layers/activation_layer/
 *
 * @throws ValueError if `activation` is missing or unknown.
 */
export class Activation extends KerasLayer<typeof fields> {
  static readonly className: string = 'Activation';
  static readonly mayBeRelu = true;

  constructor(args: ActivationArgs, context?: LayerContext) {
    super(args, fields, context);
    if (args.activation === undefined) {
      throw new KerasValueError('Activation: missing required argument `activation`. Received: activation=undefined');
    }
    this.supportsMasking = true;
  }

  override build(inputShape: Shape | Shape[]): void {
    this.buildActivation(this.config.activation, onlyShape(inputShape));
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = onlyShape(inputShape);
    if (this.config.activation.name !== 'glu') return shape;
    const last = shape[shape.length - 1];
    return [...shape.slice(0, -1), last === null ? null : last / 2];
  }

  /** Whether it computes max(x, 0). */
  get isRelu(): boolean {
    return this.config.activation.fused?.activation === 'relu';
  }

  givesInput(): boolean {
    return this.config.activation.name === 'linear';
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const { activation } = this.config;
    const x = only(inputs);
    return x.dtype === 'float32' ? activation.apply(x) : tidy(() => activation.apply(floatInput(x)));
  }

  override get children(): Readonly<Record<string, layers.Layer>> {
    const { layer } = this.config.activation;
    return layer ? { activation: layer } : {};
  }
}

/** Makes an Activation layer. Arguments, shapes and errors are those of the class. */
export function activation(args: ActivationArgs): Activation {
  return new Activation(args);
}
