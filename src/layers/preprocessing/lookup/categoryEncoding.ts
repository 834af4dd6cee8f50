// The layer CategoryEncoding.
// Source: https://keras.io/api/layers/preprocessing_layers/categorical/category_encoding/

import type { Tensor } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import type { Field } from '../../base/fields.js';
import { onlyShape } from '../../base/inputs.js';
import { KerasLayer } from '../../base/kerasLayer.js';
import { KerasValueError, showValue } from '../../base/kerasValueError.js';
import type { BaseLayerArgs, LayerContext } from '../../base/layerArgs.js';
import { type CategoryMode, categoryShape, encodeCategories, notSparse } from './categories.js';
import { nameOf } from './lookupFields.js';
import { integersOf } from './tensorValues.js';

type Mode = Exclude<CategoryMode, 'int' | 'tf_idf'>;

const tokenCount: Field<number> = {
  parse(value) {
    if (value == null) {
      throw new KerasValueError(
        'num_tokens must be set to use this layer. If the number of tokens is not known beforehand, use the IntegerLookup layer instead. Received: num_tokens=None',
      );
    }
    if (typeof value === 'number' && Number.isInteger(value) && value >= 1) return value;
    throw new KerasValueError(`\`num_tokens\` must be >= 1. Received: num_tokens=${showValue(value)}.`);
  },
  serialize: (value) => value,
};

const encodingMode: Field<Mode> = {
  parse(value) {
    const given = value ?? 'multi_hot';
    // tf.keras knows multi_hot as binary.
    if (given === 'binary') return 'multi_hot';
    const mode = nameOf<Mode>(given, ['one_hot', 'multi_hot', 'count']);
    if (mode !== undefined) return mode;
    throw new KerasValueError(
      `Unknown arg for output_mode: ${showValue(value)}. Received: output_mode=${showValue(value)}`,
    );
  },
  serialize: (value) => value,
};

const fields = {
  numTokens: tokenCount,
  outputMode: encodingMode,
  sparse: { ...notSparse(), serialize: () => undefined }, // Keras 3 leaves it out
};

/** The arguments of Keras's CategoryEncoding. */
export interface CategoryEncodingArgs extends BaseLayerArgs {
  /** The number of categories: inputs are in [0, numTokens). */
  numTokens: number;
  /** Default 'multi_hot'. */
  outputMode?: Mode;
  /** Must be false. */
  sparse?: boolean;
}

/**
 * Encodes integers as rows with a place for each category.
 *
 * Inputs: int32, or float32, which is cut down to integers; in mode 'count' also `count_weights`, a weight for each. Output:
 * float32 [..., numTokens]. As in Keras 3, an integer from numTokens up is in no category.
 * Source: https://keras.io/api/layers/preprocessing_layers/categorical/category_encoding/
 *
 * @throws ValueError for negative integers but in mode 'one_hot', and for weights in other modes than 'count'.
 */
export class CategoryEncoding extends KerasLayer<typeof fields> {
  static readonly className: string = 'CategoryEncoding';
  static readonly inputNames: readonly string[] = ['inputs', 'count_weights'];

  constructor(args: CategoryEncodingArgs, context?: LayerContext) {
    super(args, fields, context);
  }

  /** Keras 3 records some shapes of outputs in other modes than 'int' that its layer does not give. */
  readonly misrecordsShape: boolean = true;

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return categoryShape(onlyShape(inputShape), this.config.outputMode, this.config.numTokens);
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const [x, weights] = [inputs].flat();
    const { numTokens, outputMode: mode } = this.config;
    const fail = (message: string): never => {
      throw new KerasValueError(`Layer '${this.name}': ${message}`);
    };
    if (weights && mode !== 'count') {
      fail(
        `\`count_weights\` is not used when \`output_mode\` is not \`'count'\`. Received: count_weights of shape ${showValue(weights.shape)}`,
      );
    }
    if (weights && `${weights.shape}` !== `${x.shape}`) {
      fail(
        `\`count_weights\` must have the shape of the inputs. Received: inputs.shape=${showValue(x.shape)} and count_weights.shape=${showValue(weights.shape)}`,
      );
    }
    const indices = integersOf(x, `layer '${this.name}'`);
    const negative = mode === 'one_hot' ? undefined : indices.find((index) => index < 0);
    if (negative !== undefined) fail(`Input must be non-negative. Received: ${negative}`);
    const countWeights = weights?.dataSync();
    return encodeCategories({ indices, shape: x.shape, mode, depth: numTokens, countWeights });
  }
}

/** Makes a CategoryEncoding layer. */
export function categoryEncoding(args: CategoryEncodingArgs): CategoryEncoding {
  return new CategoryEncoding(args);
}
