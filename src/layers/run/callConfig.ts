// The config of a call for a tfjs model.json, with its arguments where Keras 2 keeps them. TensorFlow.js writes the tensors
// of a call alone, and a mask among them as if it were data.

import { isJsonObject, type Json, type JsonObject, keyToSnake } from '../../core/json.js';
import { callTemplateOf, isInputMark, type LayerNode } from '../graph/callTemplates.js';
import { flatMasks, masksOf } from './graphPlan.js';

/** A tensor of a call: [layer, node, tensor, keyword arguments of the call]. */
export type CallEntry = [layer: string, node: number, tensor: number, kwargs: JsonObject];

/** The call with its keyword arguments: options, `training`, and masks as [layer, node, tensor]. */
export function withArguments(entries: readonly CallEntry[], node: LayerNode): CallEntry[] {
  const template = callTemplateOf(node);
  const masks = masksOf(template, node.outboundLayer);
  const isMask = new Set(masks.flatMap(({ inputs }) => inputs));
  const setOptions = Object.fromEntries(Object.entries(template.options ?? {}).filter(([, value]) => value !== false));
  const { training } = isJsonObject(template.kwargs) ? template.kwargs : {};
  const own = {
    ...setOptions,
    ...(typeof training === 'boolean' ? { training } : {}),
    ...Object.fromEntries(masks.map(({ name, value }) => [name, triplesOf(value, entries)])),
  };
  const data = entries.filter((_, index) => !isMask.has(index));
  const others = (kwargs: JsonObject) => Object.entries(kwargs).filter(([key]) => !(keyToSnake(key) in own));
  return data.map(
    ([layer, call, tensor, kwargs]): CallEntry => [
      layer,
      call,
      tensor,
      { ...Object.fromEntries(others(kwargs)), ...own },
    ],
  );
}

/** A dictionary of masks becomes the flat list that it stands for. */
function triplesOf(value: Json, entries: readonly CallEntry[]): Json {
  const found = flatMasks(value).map((mask) =>
    isInputMark(mask) ? (entries[mask.__input__].slice(0, 3) as Json) : null,
  );
  return isInputMark(value) || value === null ? found[0] : found;
}
