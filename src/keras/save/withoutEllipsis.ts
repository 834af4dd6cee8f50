// Writes an index with `...` for a legacy file. Keras cannot read `...` from such a file, but it can read the full
// slices that mean the same.

import { isJsonArray, isJsonObject, type Json } from '../../core/json.js';

const fullSlice: Json = { class_name: '__slice__', config: { start: null, stop: null, step: null } };

/** The index of a tensor of this rank with full slices in place of `...`. */
function withoutEllipsis(index: Json, rank: number): Json {
  const items = isJsonArray(index) ? index : [index];
  const at = items.findIndex(isEllipsis);
  if (at < 0) return index;
  const used = items.filter((item) => item !== null && !isEllipsis(item)).length; // null is a new axis
  const slices = Array<Json>(Math.max(0, rank - used)).fill(fullSlice);
  return [...items.slice(0, at), ...slices, ...items.slice(at + 1)];
}

/** The call of an index with full slices in place of `...`. The index is the second argument, or `key`. */
export function callWithoutEllipsis({ args, kwargs }: IndexCall, rank: number): IndexCall {
  const [x, index, ...others] = isJsonArray(args) ? args : [args];
  if (index !== undefined) return { args: [x, withoutEllipsis(index, rank), ...others], kwargs };
  if (!isJsonObject(kwargs) || kwargs.key === undefined) return { args, kwargs };
  return { args, kwargs: { ...kwargs, key: withoutEllipsis(kwargs.key, rank) } };
}

interface IndexCall {
  readonly args: Json;
  readonly kwargs: Json;
}

function isEllipsis(item: Json): boolean {
  return isJsonObject(item) && item.class_name === '__ellipsis__';
}
