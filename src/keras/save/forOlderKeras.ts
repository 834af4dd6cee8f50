// Writes a model's config for every Keras from 3.6 on. An older Keras refuses arguments that it does not know, and most
// of what newer versions added are arguments with a default. A file without the arguments that have their default means
// the same in all these versions. Keras before 3.6 wrote a single input as a list, which newer versions read as a model
// of lists.
// Source: the configs that real Keras 3.6 to 3.15 writes.

import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../core/json.js';

const scaling: JsonObject = { input_axes: null, output_axes: null };
const quantization: JsonObject = { quantization_config: null };
const attention: JsonObject = { use_gate: false, sliding_window: null, seed: null };

/** For each class the arguments that came after Keras 3.6, with their defaults. */
const added: Readonly<Record<string, JsonObject>> = {
  InputLayer: { ragged: false, optional: false },
  VarianceScaling: scaling,
  GlorotUniform: scaling,
  GlorotNormal: scaling,
  HeUniform: scaling,
  HeNormal: scaling,
  LecunUniform: scaling,
  LecunNormal: scaling,
  Dense: quantization,
  EinsumDense: quantization,
  Embedding: quantization,
  BatchNormalization: { renorm: false, renorm_clipping: null, renorm_momentum: 0.99 },
  LayerNormalization: { rms_scaling: false },
  MultiHeadAttention: attention,
  GroupedQueryAttention: attention,
  Resizing: { antialias: false },
  SparseCategoricalCrossentropy: { axis: -1, ignore_class: null }, // the loss and the metric
  Tversky: { axis: null },
  SparseTopKCategoricalAccuracy: { from_sorted_ids: false },
};

/** The object without the arguments that have their default and that an older Keras does not know, at any depth. */
export function forOlderKeras<T extends JsonObject>(object: T): T {
  return { ...object, ...rewriteObject(object) };
}

function rewrite(value: Json): Json {
  if (isJsonArray(value)) return value.map(rewrite);
  return isJsonObject(value) ? rewriteObject(value) : value;
}

function rewriteObject(object: JsonObject): JsonObject {
  const { class_name: name, module } = object;
  const defaults = typeof name === 'string' ? (added[name] ?? {}) : {};
  const entries = Object.entries(object).map(([key, item]) => [
    key,
    rewrite(key === 'config' ? withoutDefaults(withoutName(item, module), defaults) : item),
  ]);
  return Object.fromEntries(entries);
}

/**
 * The config of a raw operation without its name, which operations with parameters refuse before 3.12. The graph has it
 * too.
 */
function withoutName(config: Json, module: Json | undefined): Json {
  const isOp = typeof module === 'string' && module.startsWith('keras.src.ops.');
  if (!isOp || !isJsonObject(config) || Object.keys(config).length < 2) return config;
  const { name: _, ...parameters } = config;
  return parameters;
}

function withoutDefaults(config: Json, defaults: JsonObject): Json {
  if (!isJsonObject(config)) return config;
  const { lora_rank: rank, lora_alpha: alpha } = config;
  const known = rank !== undefined && rank === alpha ? { ...defaults, lora_alpha: rank } : defaults;
  const kept = Object.entries(config).filter(([key, item]) => !(key in known && item === known[key]));
  return Object.fromEntries(kept);
}
