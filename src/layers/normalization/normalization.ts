// The layer Normalization: (x - mean) / max(sqrt(variance), 1e-7). Mean and variance are given, or computed once from
// data.
// Source: https://keras.io/api/layers/preprocessing_layers/numerical/normalization/

import { add, div, maximum, mul, reshape, sqrt, sub, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayerVariable, Shape } from '@tensorflow/tfjs-layers';
import type { Json } from '../../core/json.js';
import { isBefore } from '../../core/kerasVersion.js';
import { boolean } from '../base/fields.js';
import { floatInput, onlyShape } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { BaseLayerArgs, LayerContext } from '../base/layerArgs.js';
import { assignUnconstrained } from '../base/variables.js';
import { type AdaptDataset, type AdaptValues, adaptTo } from '../preprocessing/lookup/adaptData.js';
import { alignStatistics, givenStatistics, shapeOfNumbers } from './givenStatistics.js';
import { addBatch, type BatchMoments } from './momentsOfBatches.js';
import { axesOrNone, knownSizes } from './normalizationAxes.js';

const fields = {
  axis: axesOrNone(-1),
  invert: boolean(false),
  mean: givenStatistics(),
  variance: givenStatistics(),
};

/** The arguments of Keras's Normalization. */
export interface NormalizationArgs extends BaseLayerArgs {
  /** The axes along which each position has its own mean and variance; null for one mean and variance. Default -1. */
  axis?: number | readonly number[] | null;
  /** A number or nested arrays that broadcast to the sizes of `axis`. Default null: `adapt` computes it. */
  mean?: unknown;
  /** The variance, of the shape of `mean`. */
  variance?: unknown;
  /** Whether to apply the inverse, x max(sqrt(variance), 1e-7) + mean. Default false. */
  invert?: boolean;
}

/** The lower bound of the standard deviation, as in Keras. */
const smallestDeviation = 1e-7;

/**
 * Shifts and scales inputs to mean 0 and variance 1. Input and output: float32 of any rank; int32 is cast.
 * Source: https://keras.io/api/layers/preprocessing_layers/numerical/normalization/
 *
 * @throws ValueError for mean and variance that do not fit each other or the input, and for axes out of bounds or of
 *     unknown size.
 */
export class Normalization extends KerasLayer<typeof fields> {
  static readonly className: string = 'Normalization';

  #mean: LayerVariable | null = null;
  #variance: LayerVariable | null = null;
  /** The shape in which mean and variance broadcast against the input: [1, ..., C]. */
  #shape: number[] = [];

  constructor(args: NormalizationArgs = {}, context?: LayerContext) {
    super(args, fields, context);
    this.supportsMasking = !isBefore(context?.kerasVersion, 3, 0); // tf.keras 2 drops masks here
    this.#checkGiven();
  }

  #checkGiven(): void {
    const { mean, variance, axis } = this.config;
    if ((mean === null) !== (variance === null)) {
      throw new KerasValueError(
        `When setting values directly, both \`mean\` and \`variance\` must be set. Received: mean=${showValue(mean)} and variance=${showValue(variance)}`,
      );
    }
    if (mean === null || variance === null) return;
    const shape = shapeOfNumbers(mean);
    const varianceShape = shapeOfNumbers(variance);
    if (`${shape}` !== `${varianceShape}`) {
      throw new KerasValueError(
        `When setting values directly, \`mean\` and \`variance\` must have the same shape. Received: mean shape ${showValue(shape)} and variance shape ${showValue(varianceShape)}`,
      );
    }
    if (shape.length > axis.length) {
      throw new KerasValueError(
        `The rank of \`mean\` must be less than or equal to the number of axes (${axis.length}). Received: mean shape ${showValue(shape)} for axis ${showValue(axis)}`,
      );
    }
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = onlyShape(inputShape);
    const kept = this.#keptAxes(shape);
    const sizes = knownSizes(`layer '${this.name}'`, kept, shape);
    const { mean } = this.config;
    if (mean === null) {
      this.#shape = shape.map((size, i) => (kept.includes(i) ? (size as number) : 1));
      this.#mean = this.addVariable('mean', sizes, { initializer: 'zeros', trainable: false });
      this.#variance = this.addVariable('variance', sizes, { initializer: 'ones', trainable: false });
      // Keras still has this weight, for older files.
      this.addVariable('count', [], { initializer: 'zeros', trainable: false, dtype: 'int32' });
    } else {
      this.#shape = alignStatistics(shapeOfNumbers(mean), kept, shape);
    }
    super.build(inputShape);
  }

  #keptAxes(shape: Shape): number[] {
    const { axis } = this.config;
    const rank = shape.length;
    if (axis.some((a) => a < -rank || a >= rank)) {
      throw new KerasValueError(
        `All \`axis\` values must be in the range [-ndim, ndim). Received inputs with ndim=${rank}, while axis=${showValue(axis)}`,
      );
    }
    return axis.map((a) => (a < 0 ? a + rank : a)).sort((a, b) => a - b);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return onlyShape(inputShape);
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const x = floatInput(inputs);
      const mean = this.#statistic(this.#mean, this.config.mean);
      const deviation = maximum(sqrt(this.#statistic(this.#variance, this.config.variance)), smallestDeviation);
      return this.config.invert ? add(mean, mul(x, deviation)) : div(sub(x, mean), deviation);
    });
  }

  #statistic(weight: LayerVariable | null, given: Json): Tensor {
    const values = weight ? weight.read() : tensor(given as number[], undefined, 'float32');
    return reshape(values, this.#shape);
  }

  /**
   * Computes mean and variance from data. Call it once, before training.
   * @param data Examples in one tensor or array, batches of them, or a tf.data dataset of batches, for which it gives a
   *     promise; float32 or int32. The caller keeps the tensors.
   * @throws ValueError if mean and variance were given, or the data does not fit.
   */
  adapt(data: AdaptValues): void;
  adapt(data: AdaptDataset): Promise<void>;
  adapt(data: AdaptValues | AdaptDataset): void | Promise<void> {
    if (this.config.mean !== null) {
      throw new KerasValueError(`Layer '${this.name}' has \`mean\` and \`variance\` already: it cannot be adapted.`);
    }
    let sums: BatchMoments | null = null;
    return adaptTo(data, {
      dtype: 'float32',
      update: (batch) => {
        sums = addBatch(sums, batch, this.#axesOf(batch));
      },
      finish: () => this.#takeMoments(sums as BatchMoments),
    });
  }

  /** The axes that keep their own moments. Builds the layer for the first batch. */
  #axesOf({ shape }: Tensor): number[] {
    if (!this.built) {
      this.build(shape);
      this.built = true;
    }
    const { builtShape } = this;
    const kept = this.#keptAxes(onlyShape(builtShape as Shape));
    const fits = shape.length === this.#shape.length && kept.every((axis) => shape[axis] === this.#shape[axis]);
    if (fits) return kept;
    throw new KerasValueError(
      `The layer was built with input_shape=${showValue(builtShape)}, but adapt() is being called with data with an incompatible shape, data.shape=${showValue(shape)}`,
    );
  }

  #takeMoments({ mean, variance }: BatchMoments): void {
    const sizes = (this.#mean as LayerVariable).shape as number[];
    tidy(() => {
      assignUnconstrained(this.#mean as LayerVariable, tensor(mean, sizes));
      assignUnconstrained(this.#variance as LayerVariable, tensor(variance, sizes));
    });
  }
}

/** Makes a Normalization layer. Arguments, shapes and errors are those of the class. */
export function normalization(args: NormalizationArgs = {}): Normalization {
  return new Normalization(args);
}
