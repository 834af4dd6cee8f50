// The layer Embedding. Source: https://keras.io/api/layers/core_layers/embedding/

import { cast, gather, notEqual, reshape, type Tensor, type Tensor1D, tidy } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import { boolean, constraint, initializer, positiveInteger, regularizer, type Values } from '../base/fields.js';
import type { ConstraintLike, InitializerLike, RegularizerLike } from '../base/identifiers.js';
import { only, onlyShape } from '../base/inputs.js';
import type { BaseLayerArgs, LayerContext } from '../base/layerArgs.js';
import { isMaskWanted, withoutGradient } from '../base/masks.js';
import { loraField } from '../conv/loraField.js';
import { LoraLayer } from './loraLayer.js';
import { quantizationConfig } from './quantization.js';

/** The rows of Embedding's table. */
export const embeddingFields = {
  inputDim: positiveInteger(),
  outputDim: positiveInteger(),
  embeddingsInitializer: initializer('uniform'),
  embeddingsRegularizer: regularizer(),
  activityRegularizer: regularizer(),
  embeddingsConstraint: constraint(),
  maskZero: boolean(false),
  quantizationConfig: quantizationConfig(),
  loraRank: loraField(),
  loraAlpha: loraField(),
};

/** The arguments of Keras's Embedding. */
export interface EmbeddingArgs extends BaseLayerArgs {
  /** Number of rows of the table: the largest id in the input plus one. */
  inputDim: number;
  /** Number of columns of the table. */
  outputDim: number;
  /** Default 'uniform'. */
  embeddingsInitializer?: InitializerLike;
  /** A penalty on the table: a name, serialized regularizer, instance or function. Default null: none. */
  embeddingsRegularizer?: RegularizerLike;
  /**
   * Applied to the table after each update: a name, serialized constraint, instance or function. Default null: none.
   */
  embeddingsConstraint?: ConstraintLike;
  /** Whether 0 in the input is padding, which later layers skip. Default false. */
  maskZero?: boolean;
  /**
   * Length of the sequences, an argument of Keras 2. The first layer of a Sequential model makes its input layer from
   * it.
   */
  inputLength?: number | readonly number[] | null;
  /** Rank of LoRA, which is then enabled when the layer is built. Default null: no LoRA. */
  loraRank?: number | null;
  /** LoRA is scaled by loraAlpha / loraRank. Default: loraRank. */
  loraAlpha?: number | null;
  /** How Keras quantised the layer. It has no effect: the layer computes with float weights. Default null. */
  quantizationConfig?: unknown;
}

type EmbeddingFields = typeof embeddingFields;

/** What Embedding and ReversibleEmbedding share: the table and the lookup. */
export abstract class BaseEmbedding<F extends EmbeddingFields> extends LoraLayer<F> {
  static override readonly ignoredKeys: readonly string[] = ['inputLength', 'sparse'];

  constructor(args: EmbeddingArgs, fields: F, context?: LayerContext) {
    super(withInputShape(args), fields, context);
    this.supportsMasking = this.#table.maskZero;
  }

  get #table(): Values<EmbeddingFields> {
    return this.config as unknown as Values<EmbeddingFields>;
  }

  /** The table, with LoRA's correction if it is enabled: [inputDim, outputDim]. */
  get embeddings(): Tensor {
    return this.readMainWeight();
  }

  override build(inputShape: Shape | Shape[]): void {
    const config = this.#table;
    this.addMainWeight({
      name: 'embeddings',
      shape: [config.inputDim, config.outputDim],
      initializer: config.embeddingsInitializer,
      regularizer: config.embeddingsRegularizer,
      constraint: config.embeddingsConstraint,
      stored: { scaleAxes: [0], packAxes: [1], isFlattened: false },
    });
    this.buildLora(config.loraRank, config.loraAlpha);
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return [...onlyShape(inputShape), this.#table.outputDim];
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const x = only(inputs);
      // no gradient flows into ids, though they may be floats that a layer has computed
      const ids = x.dtype === 'int32' ? x : withoutGradient(() => cast(x, 'int32'));
      const rows = gather(this.embeddings, reshape(ids, [-1]) as Tensor1D);
      return reshape(rows, [...ids.shape, this.#table.outputDim]);
    });
  }

  override computeMask(inputs: Tensor | Tensor[], mask?: Tensor | Tensor[]): Tensor | Tensor[] {
    const isMasked = this.#table.maskZero && isMaskWanted(mask);
    return isMasked ? withoutGradient(() => notEqual(only(inputs), 0)) : (null as unknown as Tensor);
  }
}

/**
 * Looks up a row of a table for each id.
 *
 * Input: ids in [0, inputDim), int32 or float32, any shape. Output: float32 [...input, outputDim].
 * Weight: embeddings [inputDim, outputDim]. Source: https://keras.io/api/layers/core_layers/embedding/
 */
export class Embedding extends BaseEmbedding<typeof embeddingFields> {
  static readonly className: string = 'Embedding';

  constructor(args: EmbeddingArgs, context?: LayerContext) {
    super(args, embeddingFields, context);
  }
}

/** Makes an Embedding layer. Arguments, shapes and errors are those of the class. */
export function embedding(args: EmbeddingArgs): Embedding {
  return new Embedding(args);
}
function withInputShape(args: EmbeddingArgs): EmbeddingArgs {
  const { input_length, batch_input_shape } = args as { input_length?: number; batch_input_shape?: Shape };
  const length = args.inputLength ?? input_length;
  if (length == null || args.inputShape || args.batchInputShape || batch_input_shape) return args;
  return { ...args, inputShape: [length].flat() };
}
