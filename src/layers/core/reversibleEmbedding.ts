// The layer ReversibleEmbedding. Source: https://keras.io/api/layers/core_layers/reversible_embedding/

import { div, mul, reshape, type Tensor, tanh, tidy, transpose } from '@tensorflow/tfjs-core';
import type { LayerVariable, Shape } from '@tensorflow/tfjs-layers';
import type { Json } from '../../core/json.js';
import { boolean, numberOrNull, plain } from '../base/fields.js';
import { floatInput, onlyShape } from '../base/inputs.js';
import type { Kwargs, LayerContext } from '../base/layerArgs.js';
import { freezeIntegers, holdsIntegers, type QuantizableWeight } from '../base/quantizable.js';
import { BaseEmbedding, type EmbeddingArgs, embeddingFields } from './embedding.js';
import { fusedMatMul } from './fusedMatMul.js';

const fields = {
  ...embeddingFields,
  tieWeights: boolean(true),
  reverseDtype: plain<Json>(null),
  logitSoftCap: numberOrNull(),
};

/** The arguments of Keras's ReversibleEmbedding. */
export interface ReversibleEmbeddingArgs extends EmbeddingArgs {
  /** Whether the projection is the transposed table. Default true; false gives it a weight of its own. */
  tieWeights?: boolean;
  /** In configs only: the layer computes in float32. Default null. */
  reverseDtype?: string | null;
  /** A bound c of the projection's values: tanh(y / c) * c. Default null: none. */
  logitSoftCap?: number | null;
}

/**
 * Looks up a row of a table for each id; called with `reverse: true` it projects vectors to a value for each row.
 *
 * Input: ids in [0, inputDim), any shape; in reverse float32 [..., outputDim]. Output: float32 [...input, outputDim]; in
 * reverse [..., inputDim]. Weights: embeddings [inputDim, outputDim], and with tieWeights false reverse_embeddings
 * [outputDim, inputDim]. Call argument: reverse.
 * Source: https://keras.io/api/layers/core_layers/reversible_embedding/
 */
export class ReversibleEmbedding extends BaseEmbedding<typeof fields> {
  static readonly className: string = 'ReversibleEmbedding';
  static readonly callOptions: readonly string[] = ['reverse'];

  /** The options of a call that the graph holds. */
  callArguments: Kwargs = {};
  #projection: LayerVariable | null = null;
  /** Whether the last call was in reverse: a projection has no mask. */
  #wasReversed = false;

  constructor(args: ReversibleEmbeddingArgs, context?: LayerContext) {
    super(args, fields, context);
  }

  override build(inputShape: Shape | Shape[]): void {
    super.build(inputShape);
    const { tieWeights, outputDim, inputDim, embeddingsInitializer: initializer } = this.config;
    if (tieWeights) return;
    this.#projection = this.addVariable('reverse_embeddings', [outputDim, inputDim], { initializer });
    if (holdsIntegers(this.quantization)) freezeIntegers(this);
  }

  override get quantizable(): readonly QuantizableWeight[] {
    const { tieWeights, outputDim, inputDim } = this.config;
    if (tieWeights) return super.quantizable;
    const stored = { scaleAxes: [1], packAxes: [0], isFlattened: false };
    return [...super.quantizable, { name: 'reverse_embeddings', shape: [outputDim, inputDim], ...stored }];
  }

  #isReverse(kwargs: Kwargs = {}): boolean {
    return Boolean(kwargs.reverse ?? this.callArguments.reverse);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    if (!this.#isReverse()) return super.computeOutputShape(inputShape);
    return [...onlyShape(inputShape).slice(0, -1), this.config.inputDim];
  }

  override call(inputs: Tensor | Tensor[], kwargs?: Kwargs): Tensor {
    this.#wasReversed = this.#isReverse(kwargs);
    return this.#wasReversed ? tidy(() => this.#project(floatInput(inputs))) : super.call(inputs);
  }

  #project(x: Tensor): Tensor {
    const { inputDim, outputDim, logitSoftCap } = this.config;
    const w = this.#projection ? this.#projection.read() : transpose(this.embeddings);
    const y = fusedMatMul({ x: reshape(x, [-1, outputDim]), w });
    const logits = reshape(y, [...x.shape.slice(0, -1), inputDim]);
    return logitSoftCap === null ? logits : mul(tanh(div(logits, logitSoftCap)), logitSoftCap);
  }

  override computeMask(inputs: Tensor | Tensor[], mask?: Tensor | Tensor[]): Tensor | Tensor[] {
    return this.#wasReversed ? (null as unknown as Tensor) : super.computeMask(inputs, mask);
  }
}

/** Makes a ReversibleEmbedding layer. Arguments, shapes and errors are those of the class. */
export function reversibleEmbedding(args: ReversibleEmbeddingArgs): ReversibleEmbedding {
  return new ReversibleEmbedding(args);
}
