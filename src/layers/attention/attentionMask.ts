// Which positions of a sequence may be looked at from where: bool tensors [batch or 1, queries, values], null for all.
// Source: https://keras.io/api/layers/attention_layers/multi_head_attention/

import { expandDims, logicalAnd, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { maskOf } from '../base/masks.js';

export interface MaskRules {
  /** Only what is not later than the query. */
  readonly isCausal: boolean;
  /** Only what is nearer than this. */
  readonly window: number | null;
}

/** Of query, value and, where it is given apart, key. Call it in a tidy. */
export function attentionMask([query, value, key]: readonly Tensor[], rules: MaskRules): Tensor | null {
  const ofQuery = expanded(query, -1);
  const ofOthers = [value, key].map((x) => (x ? expanded(x, -2) : undefined));
  const rule = positionMask(query.shape[1] as number, value.shape[1] as number, rules);
  const masks = [ofQuery, ...ofOthers, rule].filter((mask) => mask != null);
  return masks.length > 0 ? masks.reduce((a, b) => logicalAnd(a, b)) : null;
}

/** The mask of a tensor with one more axis; undefined where it has none. */
function expanded(x: Tensor, axis: number): Tensor | undefined {
  const mask = maskOf(x);
  return mask ? expandDims(mask, axis) : undefined;
}

/** By position alone: [1, queries, values]. */
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
