// EinsumDense as Keras defines it: activation(einsum(equation, x, kernel) + bias).
// Source: https://keras.io/api/layers/core_layers/einsum_dense/

import { add, reshape, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayerVariable, layers, Shape } from '@tensorflow/tfjs-layers';
import { isKerasObject, type Json, type KerasObject } from '../../core/json.js';
import { activation, constraint, type Field, initializer, regularizer } from '../base/fields.js';
import type { ActivationLike, ConstraintLike, InitializerLike, RegularizerLike } from '../base/identifiers.js';
import { floatInput, onlyShape } from '../base/inputs.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { type BaseLayerArgs, followsKeras2, type LayerContext } from '../base/layerArgs.js';
import { loraField } from '../conv/loraField.js';
import { getInitializer, type Initializer } from '../initializers/initializers.js';
import { canFuseEpilogue, contract } from './contract.js';
import { type EinsumShapes, einsumShapes } from './einsumShapes.js';
import { isFusable } from './fusedMatMul.js';
import { LoraLayer } from './loraLayer.js';
import { quantizationConfig } from './quantization.js';

function outputShapeField(): Field<Shape> {
  return {
    parse(value, { where, key }) {
      const list = typeof value === 'number' ? [value] : value;
      const isShape = Array.isArray(list) && list.every((size) => size === null || Number.isInteger(size));
      if (isShape) return [...list];
      throw new KerasValueError(
        `Argument \`${key}\` of layer ${where} must be an integer or a list of integers and None. Received: ${key}=${showValue(value)}`,
      );
    },
    serialize: (value) => value,
  };
}

function text(): Field<string> {
  return {
    parse(value, { where, key }) {
      if (typeof value === 'string') return value;
      throw new KerasValueError(
        `Argument \`${key}\` of layer ${where} must be a string. Received: ${key}=${showValue(value)}`,
      );
    },
    serialize: (value) => value,
  };
}

function textOrNull(): Field<string | null> {
  const inner = text();
  return { parse: (value, context) => (value == null ? null : inner.parse(value, context)), serialize: (v) => v };
}

const fields = {
  outputShape: outputShapeField(),
  equation: text(),
  activation: activation(),
  biasAxes: textOrNull(),
  kernelInitializer: initializer('glorot_uniform'),
  biasInitializer: initializer('zeros'),
  kernelRegularizer: regularizer(),
  biasRegularizer: regularizer(),
  activityRegularizer: regularizer(),
  kernelConstraint: constraint(),
  biasConstraint: constraint(),
  quantizationConfig: quantizationConfig(),
  loraRank: loraField(),
  loraAlpha: loraField(),
};

/** The arguments of Keras's EinsumDense. */
export interface EinsumDenseArgs extends BaseLayerArgs {
  /**
   * '[X],[Y]->[Z]': labels of input, kernel and output, with '...' before or after both X and Z. The first is the
   * batch.
   */
  equation: string;
  /** The output's shape without the batch axis and without the axes of an ellipsis; null is unknown. */
  outputShape: number | readonly (number | null)[];
  /** A name, function, serialized activation or layer. Default: linear. */
  activation?: ActivationLike;
  /** Labels of the output axes along which the bias has values of its own. Default null: no bias. */
  biasAxes?: string | null;
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
  /** Rank of LoRA, which is then enabled when the layer is built. Default null: no LoRA. */
  loraRank?: number | null;
  /** LoRA is scaled by loraAlpha / loraRank. Default: loraRank. */
  loraAlpha?: number | null;
  /** How Keras quantised the layer. It has no effect: the layer computes with float weights. Default null. */
  quantizationConfig?: unknown;
}

/**
 * activation(einsum(equation, x, kernel) + bias), as one matrix product.
 *
 * Input: float32 of the equation's rank. The kernel has the axes of the equation's second operand.
 * Source: https://keras.io/api/layers/core_layers/einsum_dense/
 *
 * @throws ValueError for an equation of another form or with a label twice in one operand, and shapes that do not fit
 *     it.
 */
export class EinsumDense extends LoraLayer<typeof fields> {
  static readonly className: string = 'EinsumDense';
  static override readonly ignoredKeys: readonly string[] = ['gptqUnpackedColumnSize'];

  #bias: LayerVariable | null = null;
  /** Whether sizes that output_shape leaves open are those of the input: in tf.keras. Keras 3 does not know them. */
  readonly #infersSizes: boolean;

  constructor(args: EinsumDenseArgs, context?: LayerContext) {
    super(args, fields, context);
    this.#infersSizes = followsKeras2(context ?? {});
  }

  /** The kernel, with LoRA's correction if it is enabled. */
  get kernel(): Tensor {
    return this.readMainWeight();
  }

  /** The bias, or null without biasAxes. */
  get bias(): Tensor | null {
    return this.#bias?.read() ?? null;
  }

  #shapes(input: Shape): EinsumShapes {
    return einsumShapes(this.config, input);
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = onlyShape(inputShape);
    const { config } = this;
    const shapes = this.#shapes(shape);
    if (shapes.kernel.includes(null)) {
      throw new KerasValueError(
        `The sizes of the kernel of EinsumDense '${this.name}' should be defined. Received: input_shape=${showValue(shape)}, equation='${config.equation}', output_shape=${showValue(config.outputShape)}`,
      );
    }
    this.inputRules = [{ rank: shape.length }];
    this.addMainWeight({
      name: 'kernel',
      shape: shapes.kernel as number[],
      initializer: withFans(config.kernelInitializer ?? (getInitializer('glorot_uniform') as Initializer), shapes),
      regularizer: config.kernelRegularizer,
      constraint: config.kernelConstraint,
      stored: { scaleAxes: shapes.scaleAxes, packAxes: [shapes.inputAxes[0] ?? 0], isFlattened: true },
    });
    if (shapes.bias) {
      this.#bias = this.addVariable('bias', shapes.bias, {
        initializer: config.biasInitializer,
        regularizer: config.biasRegularizer,
        constraint: config.biasConstraint,
      });
    }
    this.buildActivation(config.activation, shapes.output);
    this.buildLora(config.loraRank, config.loraAlpha);
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const { output, knownOutput } = this.#shapes(onlyShape(inputShape));
    return this.#infersSizes ? knownOutput : output;
  }

  /** Keras 3 does not find sizes that output_shape leaves open, and so builds no layer behind that needs them. */
  override getKerasConfig(): Record<string, Json> {
    const config = super.getKerasConfig();
    if (!this.#infersSizes || !this.builtShape || this.inboundNodes.length !== 1) return config;
    const known = this.#shapes(onlyShape(this.builtShape)).knownOutput;
    const { outputShape, equation } = this.config;
    const first = equation.trim().startsWith('...') ? known.length - outputShape.length : 1;
    return { ...config, output_shape: outputShape.map((size, i) => size ?? known[first + i]) };
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const x = floatInput(inputs);
      const { activation, biasAxes } = this.config;
      const { equation } = this.#shapes(x.shape);
      const bias = this.#bias?.read();
      if (canFuseEpilogue(equation, bias ? biasAxes : null) && isFusable(activation)) {
        return contract(equation, x, this.kernel, { bias: bias && reshape(bias, [-1]), activation });
      }
      const y = contract(equation, x, this.kernel);
      return activation.apply(bias ? add(y, bias) : y);
    });
  }

  override get children(): Readonly<Record<string, layers.Layer>> {
    const { layer } = this.config.activation;
    return layer ? { activation: layer } : {};
  }
}

/** Makes an EinsumDense layer. Arguments, shapes and errors are those of the class. */
export function einsumDense(args: EinsumDenseArgs): EinsumDense {
  return new EinsumDense(args);
}

/** Gives the equation's axes to initializers that scale with fans, unless their config already names axes. */
function withFans(initializer: Initializer, { inputAxes, outputAxes }: EinsumShapes): Initializer {
  const object = initializer.serialize();
  if (!isKerasObject(object)) return initializer;
  const config = object.config as Record<string, Json>;
  if (config.input_axes === undefined || (config.input_axes !== null && config.output_axes !== null))
    return initializer;
  const scaled = { ...config, input_axes: inputAxes, output_axes: outputAxes };
  return getInitializer({ ...(object as KerasObject), config: scaled }) ?? initializer;
}
