// Masks of attention: bool tensors [batch or 1, queries, values], true where a query sees a value. Null: all are
// visible.
// Source: https://keras.io/api/layers/attention_layers/multi_head_attention/

import { cast, expandDims, logicalAnd, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { maskOf } from '../base/masks.js';

/** Masks that depend on positions alone. */
export interface MaskRules {
  /** A query sees no later positions. */
  readonly isCausal: boolean;
  /** A query sees only positions at a distance below this; null: no limit. */
  readonly window: number | null;
}

/** Masks that a call is given by keyword, in place of those on its tensors or beside them. */
export interface GivenMasks {
  /** bool [batch, queries] */
  readonly queryMask?: Tensor | null;
  /** bool [batch, values] */
  readonly valueMask?: Tensor | null;
  /** bool [batch, values] */
  readonly keyMask?: Tensor | null;
  /** bool [batch, queries, values]; further axes of heads are not supported. */
  readonly attentionMask?: Tensor | null;
}

/**
 * Combines the masks of the tensors with the rules. Call it in a tidy.
 * @param tensors [query, value] or [query, value, key].
 */
export function combineMasks(
  [query, value, key]: readonly Tensor[],
  rules: MaskRules,
  { queryMask, valueMask, keyMask, attentionMask }: GivenMasks,
): Tensor | null {
  const masks = [
    expanded(queryMask ?? maskOf(query), -1),
    expanded(valueMask ?? maskOf(value), -2),
    expanded(keyMask ?? (key ? maskOf(key) : null), -2),
    positionMask(query.shape[1] as number, value.shape[1] as number, rules),
    attentionMask ? cast(attentionMask, 'bool') : null,
  ].filter((mask) => mask !== null);
  return masks.length > 0 ? masks.reduce((a, b) => logicalAnd(a, b)) : null;
}

function expanded(mask: Tensor | null, axis: number): Tensor | null {
  return mask && expandDims(cast(mask, 'bool'), axis);
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
