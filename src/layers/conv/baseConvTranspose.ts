// The base of the transposed convolutions: activation(convTranspose(inputs, kernel) + bias). Each input value adds a
// scaled kernel to the output; neighbouring inputs are `strides` apart there.
// Source: https://keras.io/api/layers/convolution_layers/convolution2d_transpose/

import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayerVariable, layers, Shape } from '@tensorflow/tfjs-layers';
import { positiveInteger, tuple, tupleOrNull } from '../base/fields.js';
import { floatInput, onlyShape } from '../base/inputs.js';
import { KerasLayer, type KerasLayerClass } from '../base/kerasLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { LayerContext } from '../base/layerArgs.js';
import { builtWeight, weightOptions } from '../base/weights.js';
import type { GeometryArgs, KernelArgs } from './convArgs.js';
import {
  checkStridesWithDilations,
  epilogueFields,
  geometryFields,
  kernelAndBiasFields,
  noGroups,
} from './convFields.js';
import { channelAxis, knownChannels, splitShape } from './convShapes.js';
import { runConvTranspose } from './runConvTranspose.js';
import { transposedShape } from './transposeShapes.js';

/** The fields of a transposed convolution with `rank` spatial dimensions. */
export function transposeFields(rank: number) {
  const { kernelSize, strides, padding, dataFormat } = geometryFields(rank);
  return {
    filters: positiveInteger(),
    kernelSize,
    strides,
    padding,
    outputPadding: tupleOrNull(rank, true),
    dataFormat,
    dilationRate: tuple(rank, 1),
    ...epilogueFields,
    ...kernelAndBiasFields,
    groups: noGroups(),
  };
}

type Fields = ReturnType<typeof transposeFields>;

/** The arguments of the transposed convolutions. */
export interface ConvTransposeArgs extends GeometryArgs, KernelArgs {
  /** Number of output channels. */
  filters: number;
  /** Distance in the output between neighbouring input values. Default 1. Above 1 only if dilationRate is 1. */
  strides?: number | readonly number[];
  /** Size added at the end of each spatial dimension, below `strides`. Default null: follows from `padding`. */
  outputPadding?: number | readonly number[] | null;
  /** Must be 1: Keras has no grouped transposed convolution. */
  groups?: 1;
}

/** A transposed convolution layer; see Conv2DTranspose for its errors. */
export abstract class BaseConvTranspose extends KerasLayer<Fields> {
  #kernel: LayerVariable | null = null;
  #bias: LayerVariable | null = null;

  constructor(args: ConvTransposeArgs, fields: Fields, context?: LayerContext) {
    super(args, fields, context);
    const { outputPadding, strides } = this.config;
    this.inputRules = [{ minRank: strides.length + 2 }];
    const tooLarge = outputPadding?.findIndex((extra, i) => extra >= strides[i]) ?? -1;
    if (outputPadding && tooLarge >= 0) {
      throw new KerasValueError(
        `\`output_padding\` must be strictly less than \`strides\` for all dimensions. At dimension ${tooLarge}, \`output_padding\` is ${outputPadding[tooLarge]} but \`strides\` is ${strides[tooLarge]}. Received: output_padding=${showValue(outputPadding)}, strides=${showValue(strides)}`,
      );
    }
    checkStridesWithDilations((this.constructor as unknown as KerasLayerClass).className, this.config);
  }

  /** The kernel [...kernelSize, filters, channels]. */
  get kernel(): Tensor {
    return builtWeight(this, this.#kernel, 'kernel').read();
  }

  /** The bias [filters], or null with useBias false. */
  get bias(): Tensor | null {
    builtWeight(this, this.#kernel, 'kernel');
    return this.#bias?.read() ?? null;
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = onlyShape(inputShape);
    const { config } = this;
    const { kernelSize, filters, dataFormat } = config;
    const channels = knownChannels(`layer '${this.name}'`, shape, dataFormat);
    const outputShape = this.computeOutputShape(shape);
    this.inputRules = [{ minRank: kernelSize.length + 2, axes: { [channelAxis(dataFormat)]: channels } }];
    this.#kernel = this.addVariable('kernel', [...kernelSize, filters, channels], weightOptions('kernel', config));
    if (config.useBias) this.#bias = this.addVariable('bias', [filters], weightOptions('bias', config));
    this.buildActivation(config.activation, outputShape);
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = onlyShape(inputShape);
    const { config } = this;
    const { channels } = splitShape(shape, config.dataFormat);
    return transposedShape(config, shape, config.filters, [...config.kernelSize, config.filters, channels]);
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const { config, kernel } = this;
      const bias = this.#bias?.read();
      return runConvTranspose({
        x: this.#checkInput(inputs),
        kernel,
        window: config,
        bias,
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
