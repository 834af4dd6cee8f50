// The layer Discretization.
// Source: https://keras.io/api/layers/preprocessing_layers/numerical/discretization/

import type { serialization, Tensor } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import type { Json } from '../../../core/json.js';
import type { HasSummary } from '../../base/assets.js';
import { type Field, number } from '../../base/fields.js';
import { only, onlyShape } from '../../base/inputs.js';
import { KerasLayer } from '../../base/kerasLayer.js';
import { KerasValueError, showValue } from '../../base/kerasValueError.js';
import { type BaseLayerArgs, contextOfConfig, type LayerContext } from '../../base/layerArgs.js';
import { type AdaptDataset, type AdaptValues, adaptTo } from './adaptData.js';
import { type BinSummary, boundariesOf, emptySummary, mergeSummaries, summarize } from './binSummary.js';
import { type CategoryMode, categoryMode, categoryShape, encodeCategories, notSparse } from './categories.js';
import { numbersField, withoutAdaptedShape } from './lookupFields.js';
import { numbersOf } from './tensorValues.js';

const binCountOrNull: Field<number | null> = {
  parse(value, { key }) {
    if (value == null) return null;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
    throw new KerasValueError(
      `\`${key}\` must be greater than or equal to 0. Received: \`${key}=${showValue(value)}\``,
    );
  },
  serialize: (value) => value,
};

const fields = {
  binBoundaries: numbersField(),
  numBins: binCountOrNull,
  epsilon: number(0.01),
  outputMode: categoryMode(['int', 'one_hot', 'multi_hot', 'count'], 'int'),
  sparse: notSparse(),
};

/** The arguments of Keras's Discretization: binBoundaries or numBins. */
export interface DiscretizationArgs extends BaseLayerArgs {
  /** The boundaries in rising order: [0, 1] has the bins below 0, [0, 1) and from 1 up. */
  binBoundaries?: readonly number[] | null;
  /** The number of bins that adapt() looks for. */
  numBins?: number | null;
  /** How finely adapt() keeps the distribution. Default 0.01: 100 values. */
  epsilon?: number;
  /** Default 'int'. */
  outputMode?: Exclude<CategoryMode, 'tf_idf'>;
  /** Must be false. */
  sparse?: boolean;
}

/**
 * Gives the bin of each number.
 *
 * Input: numbers of any shape. Output: int32 of the same shape; float32 [..., number of bins] in other modes than 'int'. NaN is
 * in the last bin, as in Keras. Source: https://keras.io/api/layers/preprocessing_layers/numerical/discretization/
 */
export class Discretization extends KerasLayer<typeof fields> implements HasSummary {
  static readonly className: string = 'Discretization';

  #boundaries: readonly number[] | null;
  readonly #isGiven: boolean;
  /** In tf.keras a layer without boundaries has one bin; Keras 3 throws an error. */
  readonly #isKeras2: boolean;
  /** tf.keras stores the sketch of the data; Keras 3 stores the boundaries. */
  readonly storesSummary: boolean;

  constructor(args: DiscretizationArgs, context?: LayerContext) {
    super(withoutAdaptedShape(args, context), fields, context);
    const { binBoundaries, numBins, outputMode } = this.config;
    this.#isKeras2 = context?.kerasMajor === 2;
    if (binBoundaries === null && numBins === null && !this.#isKeras2) {
      throw new KerasValueError(
        'You need to set either `num_bins` or `bin_boundaries`. Received: num_bins=None and bin_boundaries=None',
      );
    }
    if (binBoundaries !== null && numBins !== null && !context) {
      throw new KerasValueError(
        `Both \`num_bins\` and \`bin_boundaries\` should not be set. Received: \`num_bins=${numBins}\` and \`bin_boundaries=${showValue(binBoundaries)}\``,
      );
    }
    if (binBoundaries?.some((value, i) => i > 0 && value < binBoundaries[i - 1])) {
      throw new KerasValueError(`Expected sorted boundaries. Received: bin_boundaries=${showValue(binBoundaries)}`);
    }
    this.#boundaries = binBoundaries;
    this.#isGiven = numBins === null;
    this.storesSummary = this.#isKeras2 && binBoundaries === null;
    if (outputMode === 'int') Object.assign(this, { dtype: 'int32' }); // of the symbolic outputs
  }

  /** A config of a layer that was adapted has both the boundaries and num_bins. */
  static override fromConfig<T extends serialization.Serializable>(
    cls: serialization.SerializableConstructor<T>,
    config: serialization.ConfigDict,
  ): T {
    return new (cls as unknown as new (args: object, context: LayerContext) => T)(config, contextOfConfig() ?? {});
  }

  /** The boundaries, given or found by adapt(); [] before. */
  get binBoundaries(): readonly number[] {
    return this.#boundaries ?? [];
  }

  /**
   * Finds boundaries between bins that hold equally many of the numbers.
   * @param data A tensor (the caller keeps it), arrays, several tensors, or a tf.data dataset, for which it gives a promise.
   * @throws ValueError if the boundaries were given.
   */
  adapt(data: AdaptValues): void;
  adapt(data: AdaptDataset): Promise<void>;
  adapt(data: AdaptValues | AdaptDataset): void | Promise<void> {
    if (this.#isGiven) {
      throw new KerasValueError(
        `Cannot adapt a Discretization layer that has been initialized with \`bin_boundaries\`, use \`num_bins\` instead. Received: bin_boundaries=${showValue(this.binBoundaries)}`,
      );
    }
    const { epsilon } = this.config;
    let summary = emptySummary;
    return adaptTo(data, {
      dtype: 'float32',
      update: (batch) => {
        const values = numbersOf(batch, `layer '${this.name}'`);
        summary = mergeSummaries(summarize(Array.from(values), epsilon), summary, epsilon);
      },
      finish: () => this.#takeSummary(summary),
    });
  }

  #takeSummary(summary: BinSummary): void {
    this.#boundaries = boundariesOf(summary, this.config.numBins as number);
  }

  get #binCount(): number {
    return this.#boundaries ? this.#boundaries.length + 1 : (this.config.numBins ?? 1);
  }

  /** Keras 3 records some shapes of outputs in other modes than 'int' that its layer does not give. */
  readonly misrecordsShape: boolean = true;

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return categoryShape(onlyShape(inputShape), this.config.outputMode, this.#binCount);
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const x = only(inputs);
    if (!this.#boundaries && !this.#isKeras2) {
      throw new KerasValueError(
        `Layer '${this.name}': You need to either pass the \`bin_boundaries\` argument at construction time or call \`adapt(dataset)\` before you can start using the \`Discretization\` layer. Received: bin_boundaries=None`,
      );
    }
    const boundaries = Float32Array.from(this.binBoundaries);
    const indices = Array.from(numbersOf(x, `layer '${this.name}'`), (value) => binOf(value, boundaries));
    return encodeCategories({ indices, shape: x.shape, mode: this.config.outputMode, depth: boundaries.length + 1 });
  }

  /** As Keras: without `trainable`, with the boundaries, and with the name of the dtype. Keras 3 demands bins. */
  override getKerasConfig(): Record<string, Json> {
    const { trainable: _, ...config } = super.getKerasConfig();
    const boundaries = this.#boundaries ?? (this.config.numBins === null ? [] : null);
    return { ...config, dtype: this.dtypePolicy.name, bin_boundaries: boundaries };
  }

  override stateShapes(): readonly Shape[] {
    return this.storesSummary && !this.#boundaries ? [[2, null]] : [];
  }

  override saveState(): Tensor[] {
    return [];
  }

  /** Takes the sketch that tf.keras stored: values and weights. Without any the layer was never adapted. */
  override loadState([summary]: readonly Tensor[]): void {
    if (!summary || summary.size === 0) return;
    const all = Array.from(summary.dataSync());
    const count = summary.shape[1] as number;
    this.#takeSummary({ values: all.slice(0, count), weights: all.slice(count) });
  }
}

/** The number of boundaries that are not above the value: binary search. NaN is above all. */
function binOf(value: number, boundaries: Float32Array): number {
  let [low, high] = [0, boundaries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value < boundaries[middle]) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Makes a Discretization layer. */
export function discretization(args: DiscretizationArgs): Discretization {
  return new Discretization(args);
}
