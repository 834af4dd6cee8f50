// Writes an index with `...` for a legacy file. Keras cannot read `...` from such a file, but it can read the full
// slices that mean the same.

import { isJsonArray, isJsonObject, type Json } from '../../core/json.js';

const fullSlice: Json = { class_name: '__slice__', config: { start: null, stop: null, step: null } };

/** The index of a tensor of this rank with full slices in place of `...`. */
export function withoutEllipsis(index: Json, rank: number): Json {
  const items = isJsonArray(index) ? index : [index];
  const at = items.findIndex(isEllipsis);
  if (at < 0) return index;
  const used = items.filter((item) => item !== null && !isEllipsis(item)).length; // null is a new axis
  const slices = Array<Json>(Math.max(0, rank - used)).fill(fullSlice);
  return [...items.slice(0, at), ...slices, ...items.slice(at + 1)];
}

function isEllipsis(item: Json): boolean {
  return isJsonObject(item) && item.class_name === '__ellipsis__';
}
