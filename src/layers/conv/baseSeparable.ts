// The base of SeparableConv1D and SeparableConv2D: a depthwise convolution, then a pointwise one,
//   activation(conv1x1(depthwise(inputs, depthwiseKernel), pointwiseKernel) + bias).
// Source: https://keras.io/api/layers/convolution_layers/separable_convolution2d/

import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayerVariable, layers, Shape } from '@tensorflow/tfjs-layers';
import { constraint, initializer, positiveInteger, regularizer } from '../base/fields.js';
import type { ConstraintLike, InitializerLike, RegularizerLike } from '../base/identifiers.js';
import { floatInput, onlyShape } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import type { LayerContext } from '../base/layerArgs.js';
import { builtWeight, weightOptions } from '../base/weights.js';
import { type DepthwiseConvArgs, groupedKernel } from './baseDepthwise.js';
import { epilogueFields, geometryFields, noGroups } from './convFields.js';
import { channelAxis, convOutputShape, knownChannels, splitShape, type Window } from './convShapes.js';
import { runConv } from './runConv.js';

/** The fields of a separable convolution with `rank` spatial dimensions. */
export function separableFields(rank: number) {
  return {
    depthMultiplier: positiveInteger(1),
    filters: positiveInteger(),
    ...geometryFields(rank),
    ...epilogueFields,
    depthwiseInitializer: initializer('glorot_uniform'),
    pointwiseInitializer: initializer('glorot_uniform'),
    biasInitializer: initializer('zeros'),
    depthwiseRegularizer: regularizer(),
    pointwiseRegularizer: regularizer(),
    biasRegularizer: regularizer(),
    activityRegularizer: regularizer(),
    depthwiseConstraint: constraint(),
    pointwiseConstraint: constraint(),
    biasConstraint: constraint(),
    groups: noGroups(),
  };
}

type Fields = ReturnType<typeof separableFields>;

/** The arguments of the separable convolutions. */
export interface SeparableConvArgs extends DepthwiseConvArgs {
  /** Number of output channels. */
  filters: number;
  /** Initializer of the pointwise kernel. Default 'glorot_uniform', also for null, as in Keras. */
  pointwiseInitializer?: InitializerLike;
  /** A penalty on the pointwise kernel: a name, serialized regularizer, instance or function. Default null: none. */
  pointwiseRegularizer?: RegularizerLike;
  /**
   * Applied to the pointwise kernel after each update: a name, serialized constraint, instance or function. Default
   * null: none.
   */
  pointwiseConstraint?: ConstraintLike;
}

/** A separable convolution layer; see SeparableConv2D for its errors. */
export abstract class BaseSeparableConv extends KerasLayer<Fields> {
  /** Other versions of Keras write these keys, though the layer has no weight of that name. */
  static override readonly ignoredKeys = ['kernelInitializer', 'kernelRegularizer', 'kernelConstraint'];

  #depthwise: LayerVariable | null = null;
  #pointwise: LayerVariable | null = null;
  #bias: LayerVariable | null = null;

  constructor(args: SeparableConvArgs, fields: Fields, context?: LayerContext) {
    super(args, fields, context);
    this.inputRules = [{ minRank: this.config.kernelSize.length + 2 }];
  }

  /** The depthwise kernel [...kernelSize, channels, depthMultiplier]. */
  get depthwiseKernel(): Tensor {
    return builtWeight(this, this.#depthwise, 'depthwise_kernel').read();
  }

  /** The pointwise kernel [1, (1,) channels * depthMultiplier, filters]. */
  get pointwiseKernel(): Tensor {
    return builtWeight(this, this.#pointwise, 'pointwise_kernel').read();
  }

  /** The bias [filters], or null with useBias false. */
  get bias(): Tensor | null {
    builtWeight(this, this.#depthwise, 'depthwise_kernel');
    return this.#bias?.read() ?? null;
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = onlyShape(inputShape);
    const { config } = this;
    const { kernelSize, depthMultiplier, dataFormat, filters } = config;
    const channels = knownChannels(`layer '${this.name}'`, shape, dataFormat);
    const outputShape = this.computeOutputShape(shape);
    this.inputRules = [{ minRank: kernelSize.length + 2, axes: { [channelAxis(dataFormat)]: channels } }];
    const depthwiseShape = [...kernelSize, channels, depthMultiplier];
    const pointwiseShape = [...kernelSize.map(() => 1), channels * depthMultiplier, filters];
    this.#depthwise = this.addVariable('depthwise_kernel', depthwiseShape, weightOptions('depthwise', config));
    this.#pointwise = this.addVariable('pointwise_kernel', pointwiseShape, weightOptions('pointwise', config));
    if (config.useBias) this.#bias = this.addVariable('bias', [filters], weightOptions('bias', config));
    this.buildActivation(config.activation, outputShape);
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = onlyShape(inputShape);
    const { config } = this;
    const { channels } = splitShape(shape, config.dataFormat);
    return convOutputShape(config, shape, config.filters, [...config.kernelSize, channels, config.filters]);
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const { config } = this;
      const ones = config.kernelSize.map(() => 1);
      const pointwise: Window = { ...config, kernelSize: ones, strides: ones, dilationRate: ones, padding: 'valid' };
      return runConv({
        x: runConv({ x: this.#checkInput(inputs), filter: groupedKernel(this.depthwiseKernel), window: config }),
        filter: this.pointwiseKernel,
        window: pointwise,
        bias: this.#bias?.read(),
        activation: config.activation,
      });
    });
  }

  #checkInput(inputs: Tensor | Tensor[]): Tensor {
    const x = floatInput(inputs);
    this.computeOutputShape(x.shape);
    return x;
  }

  override get children(): Readonly<Record<string, layers.Layer>> {
    const { layer } = this.config.activation;
    return layer ? { activation: layer } : {};
  }
}
