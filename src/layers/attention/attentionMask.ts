// Masks of attention: bool tensors [batch or 1, queries, values], true where a query sees a value. Null: all are
// visible.
// Source: https://keras.io/api/layers/attention_layers/multi_head_attention/

import { expandDims, logicalAnd, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { maskOf } from '../base/masks.js';

/** Masks that depend on positions alone. */
export interface MaskRules {
  /** A query sees no later positions. */
  readonly isCausal: boolean;
  /** A query sees only positions at a distance below this; null: no limit. */
  readonly window: number | null;
}

/**
 * Combines the masks on the tensors with the rules. Call it in a tidy.
 * @param tensors [query, value] or [query, value, key].
 */
export function attentionMask([query, value, key]: readonly Tensor[], rules: MaskRules): Tensor | null {
  const ofQuery = expanded(query, -1);
  const ofOthers = [value, key].map((x) => (x ? expanded(x, -2) : undefined));
  const rule = positionMask(query.shape[1] as number, value.shape[1] as number, rules);
  const masks = [ofQuery, ...ofOthers, rule].filter((mask) => mask != null);
  return masks.length > 0 ? masks.reduce((a, b) => logicalAnd(a, b)) : null;
}

/** The mask on a tensor with one more axis; undefined if there is none. */
function expanded(x: Tensor, axis: number): Tensor | undefined {
  const mask = maskOf(x);
  return mask ? expandDims(mask, axis) : undefined;
}

/** The mask of the rules alone: [1, queries, values], or null if they allow everything. */
export function positionMask(queries: number, values: number, { isCausal, window }: MaskRules): Tensor | null {
  if (!isCausal && window === null) return null;
  const isSeen = (i: number, j: number) => (!isCausal || i >= j) && (window === null || Math.abs(i - j) < window);
  const cells = Array.from({ length: queries * values }, (_, n) => isSeen(Math.floor(n / values), n % values));
  return tensor(
    Uint8Array.from(cells, (cell) => (cell ? 1 : 0)),
    [1, queries, values],
    'bool',
  );
}
