// Scaled dot-product attention, softmax(q k^T) v. Source: https://arxiv.org/abs/1706.03762

import { add, cast, matMul, mul, softmax, type Tensor } from '@tensorflow/tfjs-core';
import { maskedScores, maskPenalty } from '../base/masks.js';

/** The operands of `attend`, float32. */
export interface AttentionInputs {
  /** Scaled already: [..., queries, depth] */
  readonly query: Tensor;
  /** [..., values, depth] */
  readonly key: Tensor;
  /** [..., values, depth] */
  readonly value: Tensor;
}

/** Mask and dropout of `attend`. */
export interface AttentionOptions {
  /** bool, broadcasts to the scores [..., queries, values]; null: every position is visible. */
  readonly mask: Tensor | null;
  /**
   * Whether a query whose positions are all masked gets scores of zero. Otherwise its scores are equal, and its output
   * is the mean of the values.
   */
  readonly clearsMasked: boolean;
  /** Whether a query that sees nothing is trained: before Keras 3.10 the mask was added to its scores. */
  readonly addsMask: boolean;
  /** Applies dropout to the scores. */
  drop(scores: Tensor): Tensor;
}

/** Gives output [..., queries, depth] and the scores before dropout [..., queries, values]. */
export function attend(
  { query, key, value }: AttentionInputs,
  { mask, clearsMasked, addsMask, drop }: AttentionOptions,
): { readonly output: Tensor; readonly scores: Tensor } {
  const products = matMul(query, key, false, true);
  const hide = (seen: Tensor) => (addsMask ? add(products, maskPenalty(seen)) : maskedScores(products, seen));
  const shares = softmax(mask ? hide(mask) : products);
  const scores = mask && clearsMasked ? mul(shares, cast(mask, 'float32')) : shares;
  return { output: matMul(drop(scores), value), scores };
}
