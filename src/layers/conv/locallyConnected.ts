// The layers LocallyConnected1D and LocallyConnected2D of tf.keras: convolutions with other weights at each position.
// Source: https://www.tensorflow.org/versions/r2.15/api_docs/python/tf/keras/layers/LocallyConnected2D

import {
  add,
  concat,
  gather,
  matMul,
  reshape,
  type Tensor,
  tensor1d,
  tidy,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core';
import type { LayerVariable, Shape } from '@tensorflow/tfjs-layers';
import { activation, boolean, dataFormat, type Field, padding, positiveInteger, tuple } from '../base/fields.js';
import type { ActivationLike } from '../base/identifiers.js';
import { floatInput, onlyShape } from '../base/inputs.js';
import { KerasLayer, type KerasLayerClass } from '../base/kerasLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { LayerContext } from '../base/layerArgs.js';
import { builtWeight, weightOptions } from '../base/weights.js';
import type { GeometryArgs, KernelArgs } from './convArgs.js';
import { kernelAndBiasFields } from './convFields.js';
import { channelAxis, composeShape, convOutputShape, knownChannels, splitShape } from './convShapes.js';
import {
  entryCount,
  inputCount,
  inputTable,
  type KernelForm,
  type LocalGeometry,
  localKernelShape,
  positionCount,
  weightTable,
} from './localWindows.js';

/** The arguments of LocallyConnected1D and LocallyConnected2D. */
export interface LocallyConnectedArgs extends Omit<GeometryArgs, 'dilationRate'>, KernelArgs {
  /** Number of output channels. */
  filters: number;
  /** 'valid' (default), or with `implementation` 2 or 3 'same'. */
  padding?: string;
  /** A name, function, serialized activation or layer. Default: linear. */
  activation?: ActivationLike;
  /**
   * The form of the kernel. 1 (default): a matrix for each position. 2: a matrix from all inputs to all outputs. 3: the
   * entries of that matrix which are used. All compute the same.
   */
  implementation?: number;
}

const implementation: Field<KernelForm> = {
  parse(value, { where }) {
    const given = value ?? 1;
    if (given === 1 || given === 2 || given === 3) return given;
    throw new KerasValueError(`Unrecognized implementation mode of ${where}: 1, 2 or 3. Received: ${showValue(value)}`);
  },
  serialize: (value) => value,
};

function localFields(rank: number) {
  return {
    filters: positiveInteger(),
    kernelSize: tuple(rank),
    strides: tuple(rank, 1),
    padding: padding(),
    dataFormat: dataFormat(),
    activation: activation(),
    useBias: boolean(true),
    ...kernelAndBiasFields,
    implementation,
  };
}

type Fields = ReturnType<typeof localFields>;

/** Places of the inputs and weights of all windows, made at the first call. A place beyond the border is behind all values. */
interface Tables {
  readonly inputs: Int32Array;
  /** Null where the kernel is a matrix for each position. */
  readonly weights: Int32Array | null;
}

/** A layer with a window at each position, and weights of its own for each. */
abstract class BaseLocallyConnected extends KerasLayer<Fields> {
  #geometry: LocalGeometry | null = null;
  #kernel: LayerVariable | null = null;
  #bias: LayerVariable | null = null;
  #tables: Tables | null = null;

  constructor(args: LocallyConnectedArgs, fields: Fields, context?: LayerContext) {
    super(args, fields, context);
    this.inputRules = [{ rank: this.config.kernelSize.length + 2 }];
    if (this.config.implementation === 1 && this.config.padding !== 'valid') {
      const { className } = this.constructor as unknown as KerasLayerClass;
      throw new KerasValueError(
        `Invalid padding for implementation 1 of ${className}: only 'valid' is supported. Received: padding=${this.config.padding}`,
      );
    }
  }

  /** The kernel, in the form that `implementation` says. */
  get kernel(): Tensor {
    return builtWeight(this, this.#kernel, 'kernel').read();
  }

  /** The bias, in the shape of an output; null with useBias false. */
  get bias(): Tensor | null {
    builtWeight(this, this.#kernel, 'kernel');
    return this.#bias?.read() ?? null;
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = onlyShape(inputShape);
    const { config } = this;
    const geometry = this.#geometryOf(shape);
    const outputShape = composeShape(null, [...geometry.outputSize], config.filters, config.dataFormat);
    this.inputRules = [{ rank: shape.length, axes: { [channelAxis(config.dataFormat)]: geometry.channels } }];
    this.#kernel = this.addVariable(
      'kernel',
      localKernelShape(config.implementation, geometry),
      weightOptions('kernel', config),
    );
    if (config.useBias)
      this.#bias = this.addVariable('bias', outputShape.slice(1) as number[], weightOptions('bias', config));
    this.#geometry = geometry;
    this.buildActivation(config.activation, outputShape);
    super.build(inputShape);
  }

  #geometryOf(shape: Shape): LocalGeometry {
    const { config } = this;
    const channels = knownChannels(`layer '${this.name}'`, shape, config.dataFormat);
    const { spatial } = splitShape(shape, config.dataFormat);
    if (spatial.includes(null)) {
      throw new KerasValueError(
        `The spatial dimensions of the inputs to layer '${this.name}' should be defined. Received: input_shape=${showValue(shape)}`,
      );
    }
    const outputs = splitShape(this.computeOutputShape(shape), config.dataFormat).spatial;
    return { ...config, inputSize: spatial as number[], outputSize: outputs as number[], channels };
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = onlyShape(inputShape);
    const { config } = this;
    const window = { ...config, dilationRate: config.kernelSize.map(() => 1) };
    return convOutputShape(window, shape, config.filters, [...config.kernelSize, null, config.filters]);
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const x = floatInput(inputs);
      const geometry = this.#geometry as LocalGeometry;
      this.#checkSize(x.shape, geometry);
      this.#tables ??= this.#makeTables(geometry);
      const { inputs: places, weights } = this.#tables;
      const [batch, positions, entries] = [x.shape[0], positionCount(geometry), entryCount(geometry)];
      const rows = reshape(x, [batch, inputCount(geometry)]);
      const windows = gather(withZero(rows), tensor1d(places, 'int32'), 1);
      const left = transpose(reshape(windows, [batch, positions, entries]), [1, 0, 2]);
      const y = transpose(matMul(left, weights ? this.#matrices(geometry, weights) : this.kernel), [1, 0, 2]); // [batch, positions, filters]
      const { bias } = this;
      const shaped = this.#shapeOutput(y, geometry);
      return this.config.activation.apply(bias ? add(shaped, bias) : shaped);
    });
  }

  /** The weights are those of one size. */
  #checkSize(shape: readonly number[], { inputSize }: LocalGeometry): void {
    const { spatial } = splitShape([...shape], this.config.dataFormat);
    if (spatial.every((size, i) => size === inputSize[i])) return;
    throw new KerasValueError(
      `Layer '${this.name}' has weights for inputs of size ${showValue(inputSize)}. Received: input of shape ${showValue(shape)}`,
    );
  }

  #makeTables(geometry: LocalGeometry): Tables {
    const { implementation: form } = this.config;
    const behind = (table: Int32Array, size: number) => table.map((place) => (place < 0 ? size : place));
    return {
      inputs: behind(inputTable(geometry), inputCount(geometry)),
      weights: form === 1 ? null : behind(weightTable(form, geometry), this.kernel.size),
    };
  }

  /** A matrix [positions, entries, filters] for each position, of a kernel in another form. */
  #matrices(geometry: LocalGeometry, places: Int32Array): Tensor {
    const flat = withZero(reshape(this.kernel, [1, -1]));
    const shape = [positionCount(geometry), entryCount(geometry), geometry.filters];
    return reshape(gather(flat, tensor1d(places, 'int32'), 1), shape);
  }

  #shapeOutput(y: Tensor, { outputSize, filters, dataFormat }: LocalGeometry): Tensor {
    if (dataFormat === 'channels_last') return reshape(y, [y.shape[0], ...outputSize, filters]);
    return reshape(transpose(y, [0, 2, 1]), [y.shape[0], filters, ...outputSize]);
  }
}

/** Rows [n, size] with a zero behind each. */
function withZero(rows: Tensor): Tensor {
  return concat([rows, zeros([rows.shape[0], 1])], 1);
}

const fields1d = localFields(1);
const fields2d = localFields(2);

/** The arguments of tf.keras's LocallyConnected1D. */
export interface LocallyConnected1DArgs extends LocallyConnectedArgs {}

/** The arguments of tf.keras's LocallyConnected2D. */
export interface LocallyConnected2DArgs extends LocallyConnectedArgs {}

/**
 * A 1D convolution with other weights at each step. tf.keras has this layer; Keras 3 has not, so that models with it are
 * saved as a tfjs `model.json` alone.
 *
 * Input: float32 [batch, steps, channels] or [batch, channels, steps], of a known size. Output: float32 in the same order
 * with `filters` channels. Kernel: [outputSteps, kernelSize * channels, filters], or as `implementation` says.
 * Source: https://www.tensorflow.org/versions/r2.15/api_docs/python/tf/keras/layers/LocallyConnected1D
 *
 * @throws ValueError as LocallyConnected2D.
 */
export class LocallyConnected1D extends BaseLocallyConnected {
  static readonly className: string = 'LocallyConnected1D';

  constructor(args: LocallyConnected1DArgs, context?: LayerContext) {
    super(args, fields1d, context);
  }
}

/** Makes a LocallyConnected1D layer. Arguments, shapes and errors are those of the class. */
export function locallyConnected1d(args: LocallyConnected1DArgs): LocallyConnected1D {
  return new LocallyConnected1D(args);
}

/**
 * A 2D convolution with other weights at each position. tf.keras has this layer; Keras 3 has not, so that models with it
 * are saved as a tfjs `model.json` alone.
 *
 * Input: float32 [batch, height, width, channels] or [batch, channels, height, width], of a known size. Output: float32 in
 * the same order with `filters` channels. Kernel: [outputs' height * width, kernelH * kernelW * channels, filters], or as
 * `implementation` says.
 * Source: https://www.tensorflow.org/versions/r2.15/api_docs/python/tf/keras/layers/LocallyConnected2D
 *
 * @throws ValueError for sizes or strides below 1, another `implementation` than 1, 2 and 3, padding 'same' with
 *     implementation 1, an input of the wrong rank, of an unknown size or of another than the first, or too small for the
 *     kernel.
 */
export class LocallyConnected2D extends BaseLocallyConnected {
  static readonly className: string = 'LocallyConnected2D';

  constructor(args: LocallyConnected2DArgs, context?: LayerContext) {
    super(args, fields2d, context);
  }
}

/** Makes a LocallyConnected2D layer. Arguments, shapes and errors are those of the class. */
export function locallyConnected2d(args: LocallyConnected2DArgs): LocallyConnected2D {
  return new LocallyConnected2D(args);
}
