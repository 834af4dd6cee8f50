// The layers Attention and AdditiveAttention. The scores that weigh the values are dot products of queries and keys
// (Luong) or sums of tanh(query + key) (Bahdanau).
// Sources: https://keras.io/api/layers/attention_layers/attention/, https://arxiv.org/abs/1409.0473

import {
  add,
  expandDims,
  logicalAnd,
  matMul,
  mul,
  softmax,
  sum,
  type Tensor,
  tanh,
  tidy,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { LayerVariable, Shape } from '@tensorflow/tfjs-layers';
import { boolean, type Fields, number, oneOf } from '../base/fields.js';
import { floatInput } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { BaseLayerArgs, Kwargs, LayerContext } from '../base/layerArgs.js';
import { completeMasks, maskPenalty } from '../base/masks.js';
import { seedField } from '../random/randomSource.js';
import { Dropout } from '../regularization/dropout.js';
import { attentionCallOptions, readAttentionCall } from './attentionCall.js';
import { positionMask } from './combineMasks.js';
import { alignsMask, type ValueMaskRule, valueMaskRuleOf } from './valueMasks.js';

interface Config {
  readonly dropout: number;
  readonly seed: number | null;
}

/** [query, value] or [query, value, key]. */
function checkCount(where: string, { length }: readonly unknown[]): void {
  if (length === 2 || length === 3) return;
  throw new KerasValueError(
    `${where} layer accepts inputs list of length 2 or 3, namely [query, value] or [query, value, key]. Received length: ${length}.`,
  );
}

abstract class BaseAttention<F extends Fields> extends KerasLayer<F> {
  static readonly callOptions: readonly string[] = attentionCallOptions;

  /** Arguments of the call, as a file's graph holds them. */
  callArguments: Kwargs = {};

  readonly #dropout: Dropout;
  /** Whether the last call returned scores. TensorFlow.js asks for the masks of its outputs afterwards. */
  #returnedScores = false;
  readonly #maskRule: ValueMaskRule;

  constructor(args: object, fields: F, context?: LayerContext) {
    super(args, fields, context);
    this.#maskRule = valueMaskRuleOf(context?.kerasVersion);
    this.supportsMasking = true;
    const { dropout, seed } = this.config as unknown as Config;
    this.#dropout = new Dropout({ rate: dropout, seed, name: `${this.name}_dropout` });
  }

  /** Computes the scores before the softmax: [..., queries, keys]. Called in a tidy. */
  protected abstract scores(query: Tensor, key: Tensor): Tensor;

  protected shapes(inputShape: Shape | Shape[]): Shape[] {
    const shapes = Array.isArray(inputShape[0]) ? (inputShape as Shape[]) : [inputShape as Shape];
    checkCount(this.getClassName(), shapes);
    return shapes;
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    const [query, value, key = value] = this.shapes(inputShape);
    const output = [...query.slice(0, -1), value[value.length - 1]];
    if (!readAttentionCall(this.callArguments).returnsScores) return output;
    return [output, [...query.slice(0, -1), key[key.length - 2]]];
  }

  override call(inputs: Tensor | Tensor[], kwargs: Kwargs = {}): Tensor | Tensor[] {
    return tidy(() => {
      const tensors = [inputs].flat();
      checkCount(this.getClassName(), tensors);
      const { isCausal, returnsScores, isTraining } = readAttentionCall(this.callArguments, kwargs);
      this.#returnedScores = returnsScores;
      const [query, value, key = value] = tensors.map(floatInput);
      const raw = this.scores(query, key);
      const [ofQuery, ofValue] = completeMasks(tensors, kwargs.mask);
      const mask = this.#combinedMask(raw, ofValue, isCausal);
      const shares = softmax(mask ? add(raw, maskPenalty(mask)) : raw);
      const weights = isTraining ? (this.#dropout.apply(shares, { training: true }) as Tensor) : shares;
      const output = matMul(weights, value);
      const y = ofQuery ? where(expandDims(ofQuery, -1), output, zerosLike(output)) : output;
      return returnsScores ? [y, weights] : y;
    });
  }

  override computeMask(inputs: Tensor | Tensor[], mask?: Tensor | Tensor[]): Tensor | Tensor[] {
    const [own] = completeMasks([inputs].flat(), mask);
    return (this.#returnedScores ? [own, null] : own) as Tensor;
  }

  /** The mask of the values and the causal mask together: bool, broadcasts to the scores; null if there is neither. */
  #combinedMask({ shape }: Tensor, ofValue: Tensor | null, isCausal: boolean): Tensor | null {
    const [queries, values] = shape.slice(-2);
    const rule = positionMask(queries, values, { isCausal, window: null });
    if (!ofValue) return rule;
    const isAligned = !isCausal && alignsMask(this.#maskRule, ofValue.shape, shape);
    const expanded = isAligned ? ofValue : expandDims(ofValue, -2);
    return rule ? logicalAnd(rule, expanded) : expanded;
  }
}

/** The sum of every query and every key: [..., queries, keys, depth]. */
function pairSums(query: Tensor, key: Tensor): Tensor {
  return add(expandDims(query, -2), expandDims(key, -3));
}

const fields = {
  useScale: boolean(false),
  scoreMode: oneOf(['dot', 'concat'], 'dot'),
  dropout: number(0),
  seed: seedField(),
};

/** The arguments of Keras's Attention. */
export interface AttentionArgs extends BaseLayerArgs {
  /** Whether to learn a factor of the scores. Default false. */
  useScale?: boolean;
  /** 'dot' (default), q k^T, or 'concat', the sum of tanh(q + k). */
  scoreMode?: string;
  /** Share of the scores that become zero while training. Default 0. */
  dropout?: number;
  /** Seed of the dropout. Default null: a random seed. */
  seed?: number | null;
}

/**
 * softmax(q k^T) v.
 *
 * Inputs: [query, value] or [query, value, key], float32 [batch, positions, channels] each.
 * Output: [batch, queries, value channels]. Call arguments: useCausalMask, returnAttentionScores.
 * Source: https://keras.io/api/layers/attention_layers/attention/
 *
 * @throws ValueError for another number of inputs, and an unknown scoreMode.
 */
export class Attention extends BaseAttention<typeof fields> {
  static readonly className: string = 'Attention';
  static override readonly ignoredKeys: readonly string[] = ['causal'];

  #scale: LayerVariable | null = null;
  #concatWeight: LayerVariable | null = null;

  constructor(args: AttentionArgs = {}, context?: LayerContext) {
    super(args, fields, context);
    // In the first versions of Keras 2 this was an argument of the layer.
    if ((args as { causal?: boolean }).causal) this.callArguments = { use_causal_mask: true };
  }

  override build(inputShape: Shape | Shape[]): void {
    this.shapes(inputShape);
    const { useScale, scoreMode } = this.config;
    if (useScale) this.#scale = this.addVariable('scale', [], { initializer: 'ones' });
    if (scoreMode === 'concat') {
      this.#concatWeight = this.addVariable('concat_score_weight', [], { initializer: 'ones' });
    }
    super.build(inputShape);
  }

  protected override scores(query: Tensor, key: Tensor): Tensor {
    const scaled = (x: Tensor) => (this.#scale ? mul(x, this.#scale.read()) : x);
    if (!this.#concatWeight) return scaled(matMul(query, key, false, true));
    return mul(sum(tanh(scaled(pairSums(query, key))), -1), this.#concatWeight.read());
  }
}

/** Makes an Attention layer. Arguments, shapes and errors are those of the class. */
export function attention(args: AttentionArgs = {}): Attention {
  return new Attention(args);
}

const additiveFields = { useScale: boolean(true), dropout: number(0), seed: seedField() };

/** The arguments of Keras's AdditiveAttention. */
export interface AdditiveAttentionArgs extends Omit<AttentionArgs, 'scoreMode'> {
  /** Whether to learn a factor for each channel. Default true. */
  useScale?: boolean;
}

/**
 * softmax(sum of scale tanh(q + k) over the channels) v.
 *
 * Inputs: [query, value] or [query, value, key], float32 [batch, positions, channels] each.
 * Output: [batch, queries, value channels]. Call arguments: useCausalMask, returnAttentionScores.
 * Source: https://keras.io/api/layers/attention_layers/additive_attention/
 *
 * @throws ValueError for another number of inputs, and a query of unknown channels.
 */
export class AdditiveAttention extends BaseAttention<typeof additiveFields> {
  static readonly className: string = 'AdditiveAttention';
  static override readonly ignoredKeys: readonly string[] = ['causal', 'scoreMode'];

  #scale: LayerVariable | null = null;

  constructor(args: AdditiveAttentionArgs = {}, context?: LayerContext) {
    super(args, additiveFields, context);
    if ((args as { causal?: boolean }).causal) this.callArguments = { use_causal_mask: true };
  }

  override build(inputShape: Shape | Shape[]): void {
    const [query] = this.shapes(inputShape);
    const channels = query[query.length - 1];
    if (channels === null) {
      throw new KerasValueError(
        `The last dimension of the query of AdditiveAttention '${this.name}' should be defined. Received: input_shape=${showValue(inputShape)}`,
      );
    }
    if (this.config.useScale) this.#scale = this.addVariable('scale', [channels], { initializer: 'glorot_uniform' });
    super.build(inputShape);
  }

  protected override scores(query: Tensor, key: Tensor): Tensor {
    const terms = tanh(pairSums(query, key));
    return sum(this.#scale ? mul(terms, this.#scale.read()) : terms, -1);
  }
}

/** Makes an AdditiveAttention layer. Arguments, shapes and errors are those of the class. */
export function additiveAttention(args: AdditiveAttentionArgs = {}): AdditiveAttention {
  return new AdditiveAttention(args);
}
