// The base of Conv1D, Conv2D and Conv3D: activation(conv(inputs, kernel) + bias), with groups, dilations, both data
// formats and LoRA. The number of spatial dimensions follows from the fields.
// Source: https://keras.io/api/layers/convolution_layers/

import { add, reshape, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayerVariable, layers, Shape } from '@tensorflow/tfjs-layers';
import type { Json } from '../../core/json.js';
import { floatInput, onlyShape } from '../base/inputs.js';
import { KerasLayer, type KerasLayerClass } from '../base/kerasLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { LayerContext } from '../base/layerArgs.js';
import { freezeWeight } from '../base/trainable.js';
import { builtWeight, weightOptions } from '../base/weights.js';
import { getInitializer, type Initializer } from '../initializers/initializers.js';
import type { GeometryArgs, KernelArgs } from './convArgs.js';
import { checkChannels, checkStridesWithDilations, type convFields } from './convFields.js';
import { channelAxis, convOutputShape, knownChannels, splitShape } from './convShapes.js';
import { type LoraFactors, type LoraOptions, mergeLora, restartLora } from './lora.js';
import { runConv } from './runConv.js';

/** The arguments of Conv1D, Conv2D and Conv3D. */
export interface ConvArgs extends GeometryArgs, KernelArgs {
  /** Number of output channels; a multiple of `groups`. */
  filters: number;
  /** Steps along the spatial dimensions. Default 1. Above 1 only if dilationRate is 1. */
  strides?: number | readonly number[];
  /** Number of groups into which the channels are divided; each group is convolved separately. Default 1. */
  groups?: number;
  /** Rank of LoRA, which is then enabled when the layer is built; see enableLora. Default null: no LoRA. */
  loraRank?: number | null;
  /** Default: loraRank. */
  loraAlpha?: number | null;
}

type Fields = ReturnType<typeof convFields>;

/** A convolution layer; see Conv2D for its errors. */
export abstract class BaseConv extends KerasLayer<Fields> {
  /** The base kernel, without LoRA's correction: [...kernelSize, channels / groups, filters]. */
  #kernel: LayerVariable | null = null;
  #bias: LayerVariable | null = null;
  #lora: LoraFactors | null = null;

  constructor(args: ConvArgs, fields: Fields, context?: LayerContext) {
    super(args, fields, context);
    this.inputRules = [{ minRank: this.config.kernelSize.length + 2 }];
    const { className } = this.constructor as unknown as KerasLayerClass;
    checkChannels(className, this.config);
    checkStridesWithDilations(className, this.config);
  }

  get filters(): number {
    return this.config.filters;
  }

  get groups(): number {
    return this.config.groups;
  }

  /** The kernel, with LoRA's correction if it is enabled: [...kernelSize, channels / groups, filters]. */
  get kernel(): Tensor {
    const kernel = builtWeight(this, this.#kernel, 'kernel').read();
    const lora = this.#lora;
    return lora ? tidy(() => mergeLora(kernel, lora)) : kernel;
  }

  /** The bias [filters], or null with useBias false. */
  get bias(): Tensor | null {
    builtWeight(this, this.#kernel, 'kernel');
    return this.#bias?.read() ?? null;
  }

  get loraEnabled(): boolean {
    return this.#lora !== null;
  }

  /** The shape of the kernel that LoRA can adapt; null before the layer is built, under a constraint, and with LoRA. */
  get adaptableShape(): Shape | null {
    return this.#lora || this.config.kernelConstraint ? null : (this.#kernel?.shape ?? null);
  }

  get loraRank(): number | null {
    return this.#lora?.rank ?? this.config.loraRank;
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = onlyShape(inputShape);
    const { config } = this;
    const { filters, groups, kernelSize, dataFormat, useBias } = config;
    const channels = knownChannels(`layer '${this.name}'`, shape, dataFormat);
    if (channels % groups !== 0) {
      throw new KerasValueError(
        `The number of input channels must be evenly divisible by the number of groups. Received groups=${groups}, but the input has ${channels} channels (full input shape is ${showValue(shape)}).`,
      );
    }
    const kernelShape = [...kernelSize, channels / groups, filters];
    const outputShape = convOutputShape(config, shape, filters, kernelShape);
    if (config.loraRank) this.#checkNoConstraint();
    this.inputRules = [{ minRank: kernelSize.length + 2, axes: { [channelAxis(dataFormat)]: channels } }];
    this.#kernel = this.addVariable('kernel', kernelShape, weightOptions('kernel', config));
    if (useBias) this.#bias = this.addVariable('bias', [filters], weightOptions('bias', config));
    this.buildActivation(config.activation, outputShape);
    if (config.loraRank) this.#addLora(config.loraRank, { alpha: config.loraAlpha }, '');
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = onlyShape(inputShape);
    const { config } = this;
    const { channels } = splitShape(shape, config.dataFormat);
    const kernelShape = [...config.kernelSize, channels === null ? null : channels / config.groups, config.filters];
    return convOutputShape(config, shape, config.filters, kernelShape);
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const { config } = this;
      const x = floatInput(inputs);
      this.computeOutputShape(x.shape); // for its checks
      const { kernel } = this;
      if (this.convolutionOp === BaseConv.prototype.convolutionOp) {
        const bias = this.#bias?.read();
        return runConv({ x, filter: kernel, window: config, bias, activation: config.activation });
      }
      const y = this.convolutionOp(x, kernel);
      const ones = config.dataFormat === 'channels_last' ? [] : config.kernelSize.map(() => 1);
      return config.activation.apply(this.#bias ? add(y, reshape(this.#bias.read(), [-1, ...ones])) : y);
    });
  }

  /**
   * Computes the convolution without bias and activation. A subclass may override it.
   * @param inputs float32, [batch, ...spatial, channels] or [batch, channels, ...spatial].
   * @param kernel float32, [...kernelSize, channels / groups, filters].
   */
  convolutionOp(inputs: Tensor, kernel: Tensor): Tensor {
    return runConv({ x: inputs, filter: kernel, window: this.config });
  }

  /**
   * Freezes the kernel and trains a low-rank correction instead: kernel + alpha/rank * (a b). Compile the model (again)
   * afterwards, since TensorFlow.js collects the trainable weights when it compiles. Files hold the merged kernel. A
   * layer loaded from a file starts with b = 0 and a new a, and can be trained further.
   * Source: `enable_lora` in https://keras.io/api/layers/convolution_layers/convolution2d/
   *
   * @param rank Inner size of the factors a [...kernelSize, channels / groups, rank] and b [rank, filters].
   * @throws ValueError if the kernel has a constraint, the layer is not built, or LoRA is enabled already.
   */
  enableLora(rank: number, options: LoraOptions = {}): void {
    this.#checkNoConstraint();
    if (!this.#kernel) throw new KerasValueError(`Cannot enable lora on a layer that isn't yet built: '${this.name}'.`);
    if (this.#lora)
      throw new KerasValueError(`lora is already enabled on layer '${this.name}'. This can only be done once.`);
    this.#addLora(rank, options, `${this.name}/`);
  }

  #checkNoConstraint(): void {
    if (!this.config.kernelConstraint) return;
    throw new KerasValueError(
      `Lora is incompatible with kernel constraints. In order to enable lora on the layer '${this.name}', remove the \`kernel_constraint\` argument.`,
    );
  }

  #addLora(rank: number, options: LoraOptions, scope: string): void {
    this.#checkNoConstraint();
    if (!Number.isInteger(rank) || rank < 1) {
      throw new KerasValueError(
        `Argument \`rank\` of lora must be a positive integer. Received: rank=${showValue(rank)}`,
      );
    }
    const kernel = builtWeight(this, this.#kernel, 'kernel');
    const { filters, kernelRegularizer: regularizer } = this.config;
    const aInitializer = getInitializer(options.aInitializer ?? 'he_uniform') as Initializer;
    const bInitializer = getInitializer(options.bInitializer ?? 'zeros');
    const aShape = [...(kernel.shape.slice(0, -1) as number[]), rank];
    const a = this.addVariable(`${scope}lora_kernel_a`, aShape, { initializer: aInitializer, regularizer });
    const b = this.addVariable(`${scope}lora_kernel_b`, [rank, filters], { initializer: bInitializer, regularizer });
    freezeWeight(this, kernel);
    this.#lora = { rank, alpha: options.alpha ?? rank, a, b, aInitializer };
  }

  override get children(): Readonly<Record<string, layers.Layer>> {
    const { layer } = this.config.activation;
    return layer ? { activation: layer } : {};
  }

  override getKerasConfig(): Record<string, Json> {
    const { lora_rank, lora_alpha, ...config } = super.getKerasConfig();
    if (this.#lora) return { ...config, lora_rank: this.#lora.rank, lora_alpha: this.#lora.alpha };
    return lora_rank ? { ...config, lora_rank, lora_alpha: lora_alpha ?? lora_rank } : config;
  }

  override saveState(): Tensor[] {
    if (!this.#lora) return super.saveState();
    const kernel = this.kernel;
    return this.#bias ? [kernel, this.#bias.read().clone()] : [kernel];
  }

  override stateShapes(): readonly Shape[] {
    return this.#lora ? super.stateShapes().slice(0, this.#bias ? 2 : 1) : super.stateShapes();
  }

  override loadState(values: readonly Tensor[]): void {
    const merged = [this.#kernel, this.#bias].filter((weight) => weight !== null);
    this.assignAll(merged, values);
    if (this.#lora) restartLora(this.#lora);
  }
}
