// The layer MultiHeadAttention: several attention heads, each on projections of its own.
// Source: https://keras.io/api/layers/attention_layers/multi_head_attention/ and https://arxiv.org/abs/1706.03762

import { mul, reshape, type Scalar, type Tensor, transpose, util } from '@tensorflow/tfjs-core';
import type { layers, Shape } from '@tensorflow/tfjs-layers';
import type { Json } from '../../core/json.js';
import { isBefore } from '../../core/kerasVersion.js';
import { floatInput } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { Kwargs, LayerContext } from '../base/layerArgs.js';
import { completeMasks } from '../base/masks.js';
import { Dropout } from '../regularization/dropout.js';
import { attend } from './attend.js';
import { attentionCallOptions, readAttentionCall } from './attentionCall.js';
import { type MultiHeadAttentionArgs, multiHeadFields } from './attentionFields.js';
import { combineMasks } from './combineMasks.js';
import { makeProjection, type Projection, projectionEquation, tidyKeepingProjected } from './projection.js';

/**
 * Attention in several heads.
 *
 * Inputs: [query, value] or [query, value, key], float32 [batch, ..., channels] each.
 * Output: the query's shape with `outputShape` as its last axes. Call arguments: useCausalMask, returnAttentionScores.
 * Weights: those of the dense layers query, key, value and attention_output.
 * Source: https://keras.io/api/layers/attention_layers/multi_head_attention/
 *
 * @throws ValueError for another number of inputs, and value and key of different shapes.
 */
export class MultiHeadAttention extends KerasLayer<typeof multiHeadFields> {
  static readonly className: string = 'MultiHeadAttention';
  static override readonly ignoredKeys: readonly string[] = ['flashAttention', 'queryShape', 'keyShape', 'valueShape'];
  static readonly inputNames: readonly string[] = ['query', 'value', 'key'];
  static readonly callOptions: readonly string[] = attentionCallOptions;
  /** From Keras 3.8 on a call takes the masks off its inputs, see run/kerasRules.ts. */
  static readonly takesMasks = true;

  /** Arguments of the call, as a file's graph holds them. */
  callArguments: Kwargs = {};

  readonly #dropout: Dropout;
  /** Whether the last call returned scores. TensorFlow.js asks for the masks of its outputs afterwards. */
  #returnedScores = false;
  #query: Projection | null = null;
  #key: Projection | null = null;
  #gate: Projection | null = null;
  #value: Projection | null = null;
  #output: Projection | null = null;
  /** The attention axes from zero up; null before the layer is built. */
  #axes: readonly number[] | null = null;

  /** Before Keras 3.10 the scores of a query that sees nothing were equal; since then they are zero. */
  readonly #keepsMasked: boolean;

  /** What the dense layers follow too. */
  readonly context?: LayerContext;

  constructor(args: MultiHeadAttentionArgs, context?: LayerContext) {
    super(args, multiHeadFields, context);
    this.context = context;
    this.#keepsMasked = isBefore(context?.kerasVersion, 3, 10);
    this.supportsMasking = true;
    this.#dropout = new Dropout({ rate: this.config.dropout, seed: this.config.seed, name: `${this.name}_dropout` });
  }

  get #valueDim(): number {
    return this.config.valueDim ?? this.config.keyDim;
  }

  override build(inputShape: Shape | Shape[]): void {
    const [query, value, key] = this.#shapes(inputShape);
    const { numHeads, keyDim, useGate } = this.config;
    const project = (name: string, from: Shape, size: number, activation?: string) =>
      this.#project({ name, from, bound: 1, output: [numHeads, size], activation });
    this.#query = project('query', query, keyDim);
    this.#key = project('key', key, keyDim);
    if (useGate) this.#gate = project('gate', query, this.#valueDim, 'sigmoid');
    this.#value = project('value', value, this.#valueDim);
    const heads = [...query.slice(0, -1), numHeads, this.#valueDim];
    const output = this.config.outputShape ?? [query[query.length - 1] as number];
    this.#output = this.#project({ name: 'attention_output', from: heads, bound: 2, output });
    const rank = query.length + 1;
    const axes = this.config.attentionAxes ?? query.map((_, axis) => axis).slice(1, -1);
    this.#axes = axes.map((axis) => (axis < 0 ? rank - 1 + axis : axis));
    super.build(inputShape);
  }

  #project(plan: {
    readonly name: string;
    readonly from: Shape;
    readonly bound: number;
    readonly output: readonly number[];
    readonly activation?: string;
  }): Projection {
    const { name, from, bound, output, activation } = plan;
    const free = from.length - bound;
    const outputShape = [...Array<null>(free - 1).fill(null), ...output];
    const layer = makeProjection(
      { name, ...projectionEquation(free, bound, output.length), outputShape, activation },
      this,
      bound === 2,
    );
    layer.build(from);
    layer.built = true;
    return layer;
  }

  #shapes(inputShape: Shape | Shape[]): [query: Shape, value: Shape, key: Shape] {
    const shapes = Array.isArray(inputShape[0]) ? (inputShape as Shape[]) : [inputShape as Shape];
    const [query, value, key = value] = shapes;
    if (value === undefined || shapes.length > 3) {
      throw new KerasValueError(
        `MultiHeadAttention '${this.name}' must be called on [query, value] or [query, value, key]. Received: ${shapes.length} inputs of shapes ${showValue(shapes)}`,
      );
    }
    const fits = value.length === key.length && value.slice(1, -1).every((size, i) => size === key[i + 1]);
    if (!fits) {
      throw new KerasValueError(
        `All dimensions of \`value\` and \`key\`, except the last one, must be equal. Received: value_shape=${showValue(value)} and key_shape=${showValue(key)}`,
      );
    }
    return [query, value, key];
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    const [query, value] = this.#shapes(inputShape);
    const output = [...query.slice(0, -1), ...(this.config.outputShape ?? query.slice(-1))];
    if (!readAttentionCall(this.callArguments).returnsScores) return output;
    const axes = this.config.attentionAxes ?? query.map((_, axis) => axis).slice(1, -1);
    const seen = axes.map((axis) => (axis < 0 ? query.length + axis : axis));
    const batch = query.slice(0, -1).filter((_, axis) => !seen.includes(axis));
    const sizes = (shape: Shape) => seen.map((axis) => shape[axis]);
    return [output, [...batch, this.config.numHeads, ...sizes(query), ...sizes(value)]];
  }

  override call(inputs: Tensor | Tensor[], kwargs: Kwargs = {}): Tensor | Tensor[] {
    const { isCausal, returnsScores, isTraining } = readAttentionCall(this.callArguments, kwargs);
    return tidyKeepingProjected(isTraining && this.outputRegularizer !== null, (projected) => {
      const tensors = [inputs].flat();
      this.#returnedScores = returnsScores;
      const [query, value, key = value] = tensors.map(floatInput);
      const mask = combineMasks(tensors, { isCausal, window: this.config.slidingWindow }, kwargs);
      const run = (layer: Projection | null, x: Tensor) => {
        projected.push((layer as Projection).apply(x, { training: isTraining }) as Tensor);
        return projected[projected.length - 1];
      };
      const gate = this.#gate && run(this.#gate, query);
      const heads = { query: run(this.#query, query), key: run(this.#key, key), value: run(this.#value, value) };
      const { output, scores } = this.#attend(heads, mask, returnsScores, isTraining);
      const y = run(this.#output, gate ? mul(output, gate) : output);
      return returnsScores ? [y, scores] : y;
    });
  }

  /** Attends over projections [batch, ..., heads, depth]. The output has the query's axes. */
  #attend(
    heads: { query: Tensor; key: Tensor; value: Tensor },
    mask: Tensor | null,
    returnsScores: boolean,
    isTraining: boolean,
  ): { output: Tensor; scores: Tensor } {
    const { query, key, value } = heads;
    const { rank } = query;
    const axes = this.#axes as readonly number[];
    const batch = query.shape.map((_, axis) => axis).filter((axis) => axis < rank - 1 && !axes.includes(axis));
    const order = [...batch, ...axes, rank - 1];
    const seen = (x: Tensor) => axes.map((axis) => x.shape[axis]);
    const outer = batch.map((axis) => query.shape[axis]);
    const flat = (x: Tensor) =>
      reshape(transpose(x, order), [...outer, util.sizeFromShape(seen(x)), x.shape[rank - 1]]);
    const scaled = mul(query, 1 / Math.sqrt(this.config.keyDim));
    const { output, scores } = attend(
      { query: flat(scaled), key: flat(key), value: flat(value) },
      {
        mask: mask && this.#expand(mask, batch.length, axes.length),
        clearsMasked: !this.#keepsMasked && (this.config.dropout > 0 || returnsScores || rank !== 4),
        addsMask: this.#keepsMasked,
        drop: (x) => (isTraining ? (this.#dropout.apply(x, { training: true }) as Tensor) : x),
      },
    );
    const inverse = order.map((_, axis) => order.indexOf(axis));
    const unflat = reshape(output, [...outer, ...seen(query), this.#valueDim]);
    return {
      output: transpose(unflat, inverse),
      scores: reshape(scores, [...outer, ...seen(query), ...seen(value)]),
    };
  }

  /** Reshapes [batch, queries, values] to the scores' rank, with axes of size 1 before the positions. */
  #expand(mask: Tensor, batchAxes: number, seenAxes: number): Tensor {
    if (seenAxes > 1) {
      throw new KerasValueError(
        `Masks along several attention axes are not supported (MultiHeadAttention '${this.name}'). Received: attention_axes=${showValue(this.config.attentionAxes)}`,
      );
    }
    const [batch, queries, values] = mask.shape;
    return reshape(mask, [batch, ...Array<number>(batchAxes - 1).fill(1), queries, values] as number[]);
  }

  override computeMask(inputs: Tensor | Tensor[], mask?: Tensor | Tensor[]): Tensor | Tensor[] {
    const [own] = completeMasks([inputs].flat(), mask);
    return (this.#returnedScores ? [own, null] : own) as Tensor;
  }

  override calculateLosses(): Scalar[] {
    return [...super.calculateLosses(), ...this.#projections.flatMap((layer) => layer.calculateLosses())];
  }

  get #projections(): Projection[] {
    return [this.#query, this.#key, this.#gate, this.#value, this.#output].filter((layer) => layer !== null);
  }

  override get children(): Readonly<Record<string, layers.Layer>> {
    const names = ['query_dense', 'key_dense', '_gate_dense', 'value_dense', 'output_dense'];
    const all = [this.#query, this.#key, this.#gate, this.#value, this.#output];
    return Object.fromEntries(all.flatMap((layer, i) => (layer ? [[names[i], layer]] : [])));
  }

  override getKerasConfig(): Record<string, Json> {
    const { attentionAxes } = this.config;
    const config = { ...super.getKerasConfig(), value_dim: this.#valueDim };
    // For a built layer Keras writes all axes, from zero up.
    return this.#axes ? { ...config, attention_axes: this.#axes } : { ...config, attention_axes: attentionAxes };
  }
}

/** Makes a MultiHeadAttention layer. Arguments, shapes and errors are those of the class. */
export function multiHeadAttention(args: MultiHeadAttentionArgs): MultiHeadAttention {
  return new MultiHeadAttention(args);
}
