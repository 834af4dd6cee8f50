// How versions of Keras apply the mask of the values to the scores of Attention and AdditiveAttention, where the call is not
// causal. The mask is [batch, ..., values], the scores are [batch, ..., queries, values]: it lacks the axis of the queries.
//
// tf.keras inserts that axis. Keras 3 does not, so that the mask's batch meets the queries; Keras then runs only where sizes
// coincide. From 3.12 on it inserts the axis for masks [batch, values]. https://github.com/keras-team/keras/pull/21595
// Where Keras throws an error, the axis is inserted here.

import { isBefore, majorOf } from '../../core/kerasVersion.js';

/** Which masks are aligned with the last axes of the scores: none, all, or those with more axes than two. */
export type ValueMaskRule = 'none' | 'all' | 'higher';

/** @param version That wrote the file; undefined counts as the newest. */
export function valueMaskRuleOf(version = ''): ValueMaskRule {
  if (majorOf(version) === 2) return 'none';
  return isBefore(version, 3, 12) ? 'all' : 'higher';
}

/** Whether Keras aligns a mask of this shape as it is, without an axis for the queries. */
export function alignsMask(rule: ValueMaskRule, mask: readonly number[], scores: readonly number[]): boolean {
  if (rule === 'none' || (rule === 'higher' && mask.length === 2)) return false;
  return mask.every((size, i) => size === 1 || size === scores[scores.length - mask.length + i]);
}
