// Keras refuses arguments that it does not know, so a file of the newest version is none for an older one, although most of
// what came in between are arguments with a default. Left out where they have it, a file says the same to every version from
// 3.6 on. Before, the form was another: a single input stood in a list, which for the newest makes a model of lists.
// Source: the configs that real Keras 3.6 to 3.15 writes.

import { isPlainObject, type Json, type KerasObject } from '../../core/json.js';

type Defaults = Readonly<Record<string, Json>>;

const scaling: Defaults = { input_axes: null, output_axes: null };
const quantization: Defaults = { quantization_config: null };
const attention: Defaults = { use_gate: false, sliding_window: null, seed: null };

/** Arguments that came after Keras 3.6, with their defaults, by class. */
const added: Readonly<Record<string, Defaults>> = {
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
};

/** The same object in the words of every Keras from 3.6 on. */
export function forOlderKeras(object: KerasObject): KerasObject {
  return rewrite(object as unknown as Json) as unknown as KerasObject;
}

function rewrite(value: Json): Json {
  if (Array.isArray(value)) return value.map(rewrite);
  if (!isPlainObject(value)) return value;
  const { class_name: name, module } = value as Defaults;
  const defaults = typeof name === 'string' ? (added[name] ?? {}) : {};
  const entries = Object.entries(value as Defaults).map(([key, item]) => [
    key,
    rewrite(key === 'config' ? withoutDefaults(withoutName(item, module), defaults) : item),
  ]);
  return Object.fromEntries(entries);
}

/** Before 3.12 raw operations with parameters took no name; the entry of the graph has it. */
function withoutName(config: Json, module: Json | undefined): Json {
  const isOp = typeof module === 'string' && module.startsWith('keras.src.ops.');
  if (!isOp || !isPlainObject(config) || Object.keys(config).length < 2) return config;
  const { name: _, ...parameters } = config as Defaults;
  return parameters;
}

function withoutDefaults(config: Json, defaults: Defaults): Json {
  if (!isPlainObject(config)) return config;
  const { lora_rank: rank, lora_alpha: alpha } = config as Defaults;
  const known = rank !== undefined && rank === alpha ? { ...defaults, lora_alpha: rank } : defaults;
  const kept = Object.entries(config as Defaults).filter(([key, item]) => !(key in known && item === known[key]));
  return Object.fromEntries(kept);
}
