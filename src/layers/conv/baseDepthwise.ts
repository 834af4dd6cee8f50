// The base of DepthwiseConv1D and DepthwiseConv2D. Each input channel is convolved separately with `depthMultiplier`
// kernels: a grouped convolution with a group per channel.
// Source: https://keras.io/api/layers/convolution_layers/depthwise_convolution2d/

import { reshape, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayerVariable, layers, Shape } from '@tensorflow/tfjs-layers';
import { constraint, initializer, positiveInteger, regularizer } from '../base/fields.js';
import type { ConstraintLike, InitializerLike, RegularizerLike } from '../base/identifiers.js';
import { floatInput, onlyShape } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import type { LayerContext } from '../base/layerArgs.js';
import { builtWeight, weightOptions } from '../base/weights.js';
import type { GeometryArgs } from './convArgs.js';
import { epilogueFields, geometryFields, noGroups } from './convFields.js';
import { channelAxis, convOutputShape, knownChannels, splitShape } from './convShapes.js';
import { runConv } from './runConv.js';

/** The fields of a depthwise convolution with `rank` spatial dimensions. */
export function depthwiseFields(rank: number) {
  return {
    depthMultiplier: positiveInteger(1),
    ...geometryFields(rank),
    ...epilogueFields,
    depthwiseInitializer: initializer('glorot_uniform'),
    biasInitializer: initializer('zeros'),
    depthwiseRegularizer: regularizer(),
    biasRegularizer: regularizer(),
    activityRegularizer: regularizer(),
    depthwiseConstraint: constraint(),
    biasConstraint: constraint(),
    groups: noGroups(),
  };
}

type Fields = ReturnType<typeof depthwiseFields>;

/** The arguments of the depthwise convolutions. */
export interface DepthwiseConvArgs extends GeometryArgs {
  /** Kernels per input channel. Default 1. */
  depthMultiplier?: number;
  /**
   * A name, serialized initializer, instance, function or array. Default 'glorot_uniform', also for null, as in Keras.
   */
  depthwiseInitializer?: InitializerLike;
  /** A penalty on the depthwise kernel: a name, serialized regularizer, instance or function. Default null: none. */
  depthwiseRegularizer?: RegularizerLike;
  /**
   * Applied to the depthwise kernel after each update: a name, serialized constraint, instance or function. Default
   * null: none.
   */
  depthwiseConstraint?: ConstraintLike;
}

/**
 * Reshapes a depthwise kernel [...kernelSize, C, m] to that of a convolution in C groups, [...kernelSize, 1, C * m].
 */
export function groupedKernel(kernel: Tensor): Tensor {
  const spatial = kernel.shape.slice(0, -2);
  const [channels, multiplier] = kernel.shape.slice(-2);
  return reshape(kernel, [...spatial, 1, channels * multiplier]);
}

/** A depthwise convolution layer; see DepthwiseConv2D for its errors. */
export abstract class BaseDepthwiseConv extends KerasLayer<Fields> {
  /** Other versions of Keras write these keys, though the layer has no weight of that name. */
  static override readonly ignoredKeys = ['kernelInitializer', 'kernelRegularizer', 'kernelConstraint'];

  #kernel: LayerVariable | null = null;
  #bias: LayerVariable | null = null;

  constructor(args: DepthwiseConvArgs, fields: Fields, context?: LayerContext) {
    super(args, fields, context);
    this.inputRules = [{ minRank: this.config.kernelSize.length + 2 }];
  }

  /** The kernel [...kernelSize, channels, depthMultiplier]. */
  get kernel(): Tensor {
    return builtWeight(this, this.#kernel, 'kernel').read();
  }

  /** The bias [channels * depthMultiplier], or null with useBias false. */
  get bias(): Tensor | null {
    builtWeight(this, this.#kernel, 'kernel');
    return this.#bias?.read() ?? null;
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = onlyShape(inputShape);
    const { config } = this;
    const { kernelSize, depthMultiplier, dataFormat } = config;
    const channels = knownChannels(`layer '${this.name}'`, shape, dataFormat);
    const outputShape = this.computeOutputShape(shape);
    this.inputRules = [{ minRank: kernelSize.length + 2, axes: { [channelAxis(dataFormat)]: channels } }];
    const kernelShape = [...kernelSize, channels, depthMultiplier];
    // The name in Keras 2 and tfjs. Keras 3 calls it `kernel`.
    this.#kernel = this.addVariable('depthwise_kernel', kernelShape, weightOptions('depthwise', config));
    if (config.useBias) {
      this.#bias = this.addVariable('bias', [channels * depthMultiplier], weightOptions('bias', config));
    }
    this.buildActivation(config.activation, outputShape);
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = onlyShape(inputShape);
    const { config } = this;
    const { channels } = splitShape(shape, config.dataFormat);
    const outC = channels === null ? null : channels * config.depthMultiplier;
    return convOutputShape(config, shape, outC, [...config.kernelSize, channels, outC]);
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const { config } = this;
      const filter = groupedKernel(this.kernel);
      const bias = this.#bias?.read();
      return runConv({ x: this.#checkInput(inputs), filter, window: config, bias, activation: config.activation });
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
