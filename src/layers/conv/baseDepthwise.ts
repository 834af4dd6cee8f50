// What DepthwiseConv1D and DepthwiseConv2D have in common: each input channel is convolved by itself, with
// `depthMultiplier` kernels. It is a grouped convolution with a group per channel.
// Source: https://keras.io/api/layers/convolution_layers/depthwise_convolution2d/

import { reshape, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayerVariable, layers, Shape } from '@tensorflow/tfjs-layers';
import { constraint, initializer, positiveInteger, regularizer } from '../base/fields.js';
import { floatInput, onlyShape } from '../base/inputs.js';
import { KerasLayer, type LayerContext } from '../base/kerasLayer.js';
import { builtWeight, weightOptions } from '../base/weights.js';
import type { GeometryArgs } from './convArgs.js';
import { epilogueFields, geometryFields, noGroups } from './convFields.js';
import { channelAxis, convOutputShape, knownChannels, splitShape } from './convShapes.js';
import { runConv } from './runConv.js';

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

export interface DepthwiseConvArgs extends GeometryArgs {
  /** Kernels per input channel. Default 1. */
  depthMultiplier?: number;
  /** Name, Keras object, instance, function or array. Default 'glorot_uniform', which null means too, as in Keras. */
  depthwiseInitializer?: unknown;
  depthwiseRegularizer?: unknown;
  depthwiseConstraint?: unknown;
}

/** The kernel of C channels with m outputs each, [...kernelSize, C, m], as that of a convolution in C groups. */
export function groupedKernel(kernel: Tensor): Tensor {
  const spatial = kernel.shape.slice(0, -2);
  const [channels, multiplier] = kernel.shape.slice(-2);
  return reshape(kernel, [...spatial, 1, channels * multiplier]);
}

export abstract class BaseDepthwiseConv extends KerasLayer<Fields> {
  /** Left in configs by other versions: there is no kernel of that name. */
  static override readonly ignoredKeys = ['kernelInitializer', 'kernelRegularizer', 'kernelConstraint'];

  #kernel: LayerVariable | null = null;
  #bias: LayerVariable | null = null;

  constructor(args: DepthwiseConvArgs, fields: Fields, context?: LayerContext) {
    super(args, fields, context);
    this.inputRules = [{ minRank: this.config.kernelSize.length + 2 }];
  }

  /** [...kernelSize, channels, depthMultiplier] */
  get kernel(): Tensor {
    return builtWeight(this, this.#kernel, 'kernel').read();
  }

  /** [channels * depthMultiplier], or null with useBias false. */
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
    // Named as in Keras 2 and tfjs; Keras 3 calls it `kernel`.
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
