// The layer Dense: activation(x kernel + bias) along the last axis of an input of any rank.
// Source: https://keras.io/api/layers/core_layers/dense/

import { reshape, type Tensor, tidy, util } from '@tensorflow/tfjs-core';
import type { LayerVariable, layers, Shape } from '@tensorflow/tfjs-layers';
import { activation, boolean, constraint, initializer, positiveInteger, regularizer } from '../base/fields.js';
import type { ActivationLike, ConstraintLike, InitializerLike, RegularizerLike } from '../base/identifiers.js';
import { floatInput, onlyShape } from '../base/inputs.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { BaseLayerArgs, LayerContext } from '../base/layerArgs.js';
import { loraField } from '../conv/loraField.js';
import { fusedMatMul, isFusable } from './fusedMatMul.js';
import { LoraLayer } from './loraLayer.js';
import { quantizationConfig } from './quantization.js';

const fields = {
  units: positiveInteger(),
  activation: activation(),
  useBias: boolean(true),
  kernelInitializer: initializer('glorot_uniform'),
  biasInitializer: initializer('zeros'),
  kernelRegularizer: regularizer(),
  biasRegularizer: regularizer(),
  kernelConstraint: constraint(),
  biasConstraint: constraint(),
  quantizationConfig: quantizationConfig(),
  loraRank: loraField(),
  loraAlpha: loraField(),
};

/** The arguments of Keras's Dense. */
export interface DenseArgs extends BaseLayerArgs {
  /** Size of the output's last axis. */
  units: number;
  /** A name, function, serialized activation or layer. Default: linear. */
  activation?: ActivationLike;
  /** Default true. */
  useBias?: boolean;
  /** Default 'glorot_uniform', also for null. */
  kernelInitializer?: InitializerLike;
  /** Default 'zeros'; null means 'glorot_uniform', as in Keras. */
  biasInitializer?: InitializerLike;
  /** A penalty on the kernel: a name, serialized regularizer, instance or function. Default null: none. */
  kernelRegularizer?: RegularizerLike;
  /** A penalty on the bias: a name, serialized regularizer, instance or function. Default null: none. */
  biasRegularizer?: RegularizerLike;
  /**
   * Applied to the kernel after each update: a name, serialized constraint, instance or function. Default null: none.
   */
  kernelConstraint?: ConstraintLike;
  /** Applied to the bias after each update: a name, serialized constraint, instance or function. Default null: none. */
  biasConstraint?: ConstraintLike;
  /** Enables LoRA when the layer is built. */
  loraRank?: number | null;
  /** Default: loraRank. */
  loraAlpha?: number | null;
  /** How Keras quantised the layer. It has no effect: the layer computes with float weights. Default null. */
  quantizationConfig?: unknown;
}

/**
 * activation(x kernel + bias).
 *
 * Input: float32 [batch, ..., channels]; int32 is cast. Output: float32 [batch, ..., units]. Kernel: [channels, units].
 * Source: https://keras.io/api/layers/core_layers/dense/
 *
 * @throws ValueError for units below 1, an input of rank below 2 or of unknown or other channels.
 */
export class Dense extends LoraLayer<typeof fields> {
  static readonly className: string = 'Dense';

  #bias: LayerVariable | null = null;

  constructor(args: DenseArgs, context?: LayerContext) {
    super(args, fields, context);
    this.supportsMasking = true;
    this.inputRules = [{ minRank: 2 }];
  }

  /** The kernel, with LoRA's correction if it is enabled: [channels, units]. */
  get kernel(): Tensor {
    return this.readMainWeight();
  }

  /** [units], or null with useBias false. */
  get bias(): Tensor | null {
    return this.#bias?.read() ?? null;
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = onlyShape(inputShape);
    const { config } = this;
    const channels = shape[shape.length - 1];
    if (channels === null) {
      throw new KerasValueError(
        `The last dimension of the inputs to Dense '${this.name}' should be defined. Received: input_shape=${showValue(shape)}`,
      );
    }
    this.inputRules = [{ minRank: 2, axes: { [-1]: channels } }];
    this.addMainWeight({
      name: 'kernel',
      shape: [channels, config.units],
      initializer: config.kernelInitializer,
      regularizer: config.kernelRegularizer,
      constraint: config.kernelConstraint,
      stored: { scaleAxes: [1], packAxes: [1, 0], isFlattened: false },
    });
    if (config.useBias) {
      this.#bias = this.addVariable('bias', [config.units], {
        initializer: config.biasInitializer,
        regularizer: config.biasRegularizer,
        constraint: config.biasConstraint,
      });
    }
    this.buildActivation(config.activation, this.computeOutputShape(shape));
    this.buildLora(config.loraRank, config.loraAlpha);
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return [...onlyShape(inputShape).slice(0, -1), this.config.units];
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const x = floatInput(inputs);
      const { activation, units } = this.config;
      const bias = this.#bias?.read();
      const call = { x, w: this.kernel, bias };
      if (x.rank === 2) return fusedMatMul({ ...call, activation });
      // The activation may work along another axis than the last: it sees the output's own shape.
      const outer = x.shape.slice(0, -1);
      const rows = reshape(x, [util.sizeFromShape(outer), x.shape[x.rank - 1]]);
      const isFused = isFusable(activation);
      const y = fusedMatMul({ ...call, x: rows, activation: isFused ? activation : undefined });
      const shaped = reshape(y, [...outer, units]);
      return isFused ? shaped : activation.apply(shaped);
    });
  }

  override get children(): Readonly<Record<string, layers.Layer>> {
    const { layer } = this.config.activation;
    return layer ? { activation: layer } : {};
  }
}

/** Makes a Dense layer. Arguments, shapes and errors are those of the class. */
export function dense(args: DenseArgs): Dense {
  return new Dense(args);
}
