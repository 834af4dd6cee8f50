// What a layer says of itself, without that which may differ in a file that means the same: names, which matchModels.ts
// compares, copies of policies by number, and models within wrappers, which it walks through.

import type { layers } from '@tensorflow/tfjs-layers';
import { isJsonArray, isJsonObject, type Json, type JsonObject, snakeKeys } from '../../../core/json.js';
import { hasAssets } from '../../../layers/base/assets.js';
import { OpLayer } from '../../../layers/ops/opLayer.js';
import { isModel } from '../../config/objectKind.js';
import { serializeOne } from '../serializeModel.js';
import { callWithoutEllipsis } from '../withoutEllipsis.js';

const ignored = new Set(['name', 'shared_object_id', 'trainable', 'batch_input_shape', 'build_config']);

/** Module, class and config of a layer. Where files of text belong to the config, these are read later: see below. */
export function comparableLayer(layer: layers.Layer): JsonObject {
  const whole = comparable(serialized(layer)) as JsonObject;
  return hasAssets(layer) ? { ...whole, config: null } : whole;
}

/** The config of a layer together with its text files, such as a vocabulary; null for a layer without such files. */
export function comparableAssets(layer: layers.Layer): Json {
  return hasAssets(layer) ? comparable(layer.getPortableConfig()) : null;
}

/** A layer that has no form in Keras's files is compared by what tfjs writes. */
function serialized(layer: layers.Layer): JsonObject {
  try {
    return serializeOne(layer, { form: 'keras', includesCompilation: false });
  } catch {
    return { class_name: layer.getClassName(), config: snakeKeys(layer.getConfig() as JsonObject) };
  }
}

function comparable(value: Json): Json {
  if (isJsonArray(value)) return value.map(comparable);
  if (!isJsonObject(value)) return value;
  const { class_name: className, config } = value;
  if (className === 'DTypePolicy' && isJsonObject(config)) return config.name ?? null;
  if (typeof className === 'string' && isModel({ class_name: className, config: config ?? null })) return 'a model';
  const entries = Object.entries(value).filter(([key, item]) => !ignored.has(key) && item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, comparable(item)]));
}

/** The arguments of an operation, with the ranks of its inputs to tell what `...` stands for. */
export function comparableCall(layer: OpLayer, ranks: readonly number[]): JsonObject {
  const { args, kwargs, class_name: className } = layer.definition;
  return className === 'GetItem' ? { ...callWithoutEllipsis({ args, kwargs }, ranks[0]) } : { args, kwargs };
}

export function isOpLayer(layer: layers.Layer): layer is OpLayer {
  return layer instanceof OpLayer;
}
