// softmax(q k^T) v, the middle of every attention layer. Source: https://arxiv.org/abs/1706.03762

import { add, cast, matMul, mul, softmax, sub, type Tensor } from '@tensorflow/tfjs-core';

export interface AttentionInputs {
  /** Scaled: [..., queries, depth] */
  readonly query: Tensor;
  /** [..., values, depth] */
  readonly key: Tensor;
  /** [..., values, depth] */
  readonly value: Tensor;
}

export interface AttentionOptions {
  /** bool, broadcasts to the scores [..., queries, values]; null for all. */
  readonly mask: Tensor | null;
  /** Scores of masked positions are zero even where all are masked; otherwise such a row is the mean of the values. */
  readonly clearsMasked: boolean;
  /** Dropout of the scores. */
  drop(scores: Tensor): Tensor;
}

/** The scores are those before the dropout. */
export function attend(
  { query, key, value }: AttentionInputs,
  { mask, clearsMasked, drop }: AttentionOptions,
): { readonly output: Tensor; readonly scores: Tensor } {
  const products = matMul(query, key, false, true);
  const shares = softmax(mask ? add(products, maskPenalty(mask)) : products);
  const scores = mask && clearsMasked ? mul(shares, cast(mask, 'float32')) : shares;
  return { output: matMul(drop(scores), value), scores };
}

/** 0 where the mask is set, a very low score elsewhere. */
export function maskPenalty(mask: Tensor): Tensor {
  return mul(sub(cast(mask, 'float32'), 1), 1e9);
}
