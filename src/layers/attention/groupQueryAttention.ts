// The layer GroupQueryAttention: several query heads share one head of keys and values.
// Sources: https://keras.io/api/layers/attention_layers/group_query_attention/, https://arxiv.org/abs/2305.13245

import { expandDims, mul, reshape, type Scalar, type Tensor, tile, transpose } from '@tensorflow/tfjs-core';
import type { layers, Shape } from '@tensorflow/tfjs-layers';
import { isBefore } from '../../core/kerasVersion.js';
import { floatInput } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { Kwargs, LayerContext } from '../base/layerArgs.js';
import { completeMasks } from '../base/masks.js';
import { Dropout } from '../regularization/dropout.js';
import { attend } from './attend.js';
import { attentionCallOptions, readAttentionCall } from './attentionCall.js';
import { type GroupQueryAttentionArgs, groupQueryFields } from './attentionFields.js';
import { combineMasks } from './combineMasks.js';
import { makeProjection, type Projection, tidyKeepingProjected } from './projection.js';

/**
 * Attention in several heads, where groups of query heads share a key and a value head.
 *
 * Inputs: [query, value] or [query, value, key], float32 [batch, positions, channels] each.
 * Output: float32 of the query's shape. Call arguments: useCausalMask, returnAttentionScores.
 * Weights: those of the dense layers query, key, value and attention_output.
 * Source: https://keras.io/api/layers/attention_layers/group_query_attention/
 *
 * @throws ValueError if numQueryHeads is not a multiple of numKeyValueHeads, and for inputs of another number or rank.
 */
export class GroupQueryAttention extends KerasLayer<typeof groupQueryFields> {
  static readonly className: string = 'GroupQueryAttention';
  static override readonly ignoredKeys: readonly string[] = ['flashAttention'];
  static readonly inputNames: readonly string[] = ['query', 'value', 'key'];
  static readonly callOptions: readonly string[] = attentionCallOptions;

  /** Arguments of the call, as a file's graph holds them. */
  callArguments: Kwargs = {};

  readonly #dropout: Dropout;
  /** Whether the last call returned scores. TensorFlow.js asks for the masks of its outputs afterwards. */
  #returnedScores = false;
  /** The dense layers by the attribute under which Keras's files store them, in the order of the weights. */
  readonly #projections = new Map<string, Projection>();

  /** Before Keras 3.10 the scores of a query that sees nothing were equal; since then they are zero. */
  readonly #keepsMasked: boolean;

  /** What the dense layers follow too. */
  readonly context?: LayerContext;

  constructor(args: GroupQueryAttentionArgs, context?: LayerContext) {
    super(args, groupQueryFields, context);
    this.context = context;
    this.#keepsMasked = isBefore(context?.kerasVersion, 3, 10);
    this.supportsMasking = true;
    const { numQueryHeads, numKeyValueHeads, dropout, seed } = this.config;
    if (numQueryHeads % numKeyValueHeads !== 0) {
      throw new KerasValueError(
        `\`num_query_heads\` must be divisible by \`num_key_value_heads\`. Received: num_query_heads=${numQueryHeads}, num_key_value_heads=${numKeyValueHeads}`,
      );
    }
    this.#dropout = new Dropout({ rate: dropout, seed, name: `${this.name}_dropout` });
  }

  override build(inputShape: Shape | Shape[]): void {
    const [query, value, key = value] = this.#shapes(inputShape);
    const { numQueryHeads, numKeyValueHeads, headDim, useGate } = this.config;
    const add = (name: string, from: Shape, heads: number, activation?: string) => {
      const plan = { equation: 'abc,cde->abde', outputShape: [null, heads, headDim], biasAxes: 'de', activation };
      this.#add(`_${name}_dense`, makeProjection({ name, ...plan }, this), from);
    };
    add('query', query, numQueryHeads);
    add('key', key, numKeyValueHeads);
    if (useGate) add('gate', query, numQueryHeads, 'sigmoid');
    add('value', value, numKeyValueHeads);
    const outputShape = [null, query[query.length - 1]];
    const plan = { name: 'attention_output', equation: 'abcd,cde->abe', outputShape, biasAxes: 'e' };
    const output = makeProjection(plan, this, true);
    this.#add('_output_dense', output, [query[0], query[1], numQueryHeads, headDim]);
    super.build(inputShape);
  }

  #add(attribute: string, layer: Projection, shape: Shape): void {
    layer.build(shape);
    layer.built = true;
    this.#projections.set(attribute, layer);
  }

  #shapes(inputShape: Shape | Shape[]): Shape[] {
    const shapes = Array.isArray(inputShape[0]) ? (inputShape as Shape[]) : [inputShape as Shape];
    const isGood = (shapes.length === 2 || shapes.length === 3) && shapes.every(({ length }) => length === 3);
    if (isGood) return shapes;
    throw new KerasValueError(
      `GroupQueryAttention '${this.name}' must be called on [query, value] or [query, value, key] of rank 3. Received: shapes ${showValue(shapes)}`,
    );
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    const [query, value] = this.#shapes(inputShape);
    if (!readAttentionCall(this.callArguments).returnsScores) return query;
    return [query, [query[0], this.config.numQueryHeads, query[1], value[1]]];
  }

  override call(inputs: Tensor | Tensor[], kwargs: Kwargs = {}): Tensor | Tensor[] {
    const { isCausal, returnsScores, isTraining } = readAttentionCall(this.callArguments, kwargs);
    return tidyKeepingProjected(isTraining && this.outputRegularizer !== null, (projected) => {
      const tensors = [inputs].flat();
      this.#returnedScores = returnsScores;
      const [query, value, key = value] = tensors.map(floatInput);
      const run = (name: string, x: Tensor) => {
        projected.push(this.#projections.get(name)?.apply(x, { training: isTraining }) as Tensor);
        return projected[projected.length - 1];
      };
      const { numQueryHeads, numKeyValueHeads, headDim } = this.config;
      const perKey = numQueryHeads / numKeyValueHeads;
      const [batch, positions] = query.shape;
      const mask = combineMasks(tensors, { isCausal, window: this.config.slidingWindow }, kwargs);
      const { output, scores } = attend(
        {
          query: this.#byGroup(mul(run('_query_dense', query), 1 / Math.sqrt(headDim))),
          key: this.#byGroup(run('_key_dense', key)),
          value: this.#byGroup(run('_value_dense', value)),
        },
        {
          mask: mask && this.#byKey(mask, perKey),
          clearsMasked: !this.#keepsMasked && (this.config.dropout > 0 || returnsScores),
          addsMask: this.#keepsMasked,
          drop: (x) => (isTraining ? (this.#dropout.apply(x, { training: true }) as Tensor) : x),
        },
      );
      const split = reshape(output, [batch, numKeyValueHeads, perKey, positions, headDim]);
      const heads = reshape(transpose(split, [0, 3, 1, 2, 4]), [batch, positions, numQueryHeads, headDim]);
      const y = run('_output_dense', this.config.useGate ? mul(heads, run('_gate_dense', query)) : heads);
      return returnsScores ? [y, reshape(scores, [batch, numQueryHeads, positions, value.shape[1] as number])] : y;
    });
  }

  /** [batch, positions, heads, depth] -> [batch, key heads, heads per key x positions, depth] */
  #byGroup(x: Tensor): Tensor {
    const [batch, positions, heads, depth] = x.shape;
    const groups = this.config.numKeyValueHeads;
    const split = transpose(reshape(x, [batch, positions, groups, heads / groups, depth]), [0, 2, 3, 1, 4]);
    return reshape(split, [batch, groups, (heads / groups) * positions, depth]);
  }

  /** [batch, queries or 1, values] -> [batch, 1, heads per key x queries or 1, values] */
  #byKey(mask: Tensor, perKey: number): Tensor {
    const expanded = expandDims(mask, 1);
    return mask.shape[1] === 1 ? expanded : tile(expanded, [1, 1, perKey, 1]);
  }

  override computeMask(inputs: Tensor | Tensor[], mask?: Tensor | Tensor[]): Tensor | Tensor[] {
    const [own] = completeMasks([inputs].flat(), mask);
    return (this.#returnedScores ? [own, null] : own) as Tensor;
  }

  override calculateLosses(): Scalar[] {
    const ofProjections = [...this.#projections.values()].flatMap((layer) => layer.calculateLosses());
    return [...super.calculateLosses(), ...ofProjections];
  }

  override get children(): Readonly<Record<string, layers.Layer>> {
    return Object.fromEntries(this.#projections);
  }
}

/** Makes a GroupQueryAttention layer. Arguments, shapes and errors are those of the class. */
export function groupQueryAttention(args: GroupQueryAttentionArgs): GroupQueryAttention {
  return new GroupQueryAttention(args);
}
