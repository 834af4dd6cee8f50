// An index with `...` in a legacy file: Keras decodes it there, and then cannot read what it has decoded. Full slices say the
// same.

import type { Json } from '../../core/json.js';
import { isPlainObject } from '../../core/json.js';

const fullSlice: Json = { class_name: '__slice__', config: { start: null, stop: null, step: null } };

/** The index of a tensor of this rank, `...` written out. */
export function withoutEllipsis(index: Json, rank: number): Json {
  const items: readonly Json[] = Array.isArray(index) ? index : [index];
  const at = items.findIndex(isEllipsis);
  if (at < 0) return index;
  const used = items.filter((item) => item !== null && !isEllipsis(item)).length; // null is a new axis
  const slices = Array<Json>(Math.max(0, rank - used)).fill(fullSlice);
  return [...items.slice(0, at), ...slices, ...items.slice(at + 1)];
}

function isEllipsis(item: Json): boolean {
  return isPlainObject(item) && (item as { readonly class_name?: Json }).class_name === '__ellipsis__';
}
