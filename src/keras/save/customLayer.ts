// Layers of classes that are not Keras's own: those that came out of a file are written as they were there, those made in
// JavaScript by the config that their class gives. Python finds the class by its name (custom_objects, or the decorator
// `register_keras_serializable`).
// Source: https://keras.io/api/models/model_saving_apis/serialization_utils/

import type { layers } from '@tensorflow/tfjs-layers';
import { isPlainObject, type Json, type KerasObject, snakeKeys } from '../../core/json.js';
import { isKnownLayer } from '../../layers/registry.js';
import { originOf } from '../graph/callTemplates.js';
import { stockClassNames } from './tfjsOnlyClasses.js';

type Layer = layers.Layer;

/** Null if the class is Keras's own or tfjs's. */
export function customObject(layer: Layer): KerasObject | null {
  const origin = originOf(layer);
  if (origin) return fromFile(layer, origin);
  const className = layer.getClassName();
  if (isKnownLayer(className) || stockClassNames.has(className)) return null;
  const { batchInputShape: _, ...config } = layer.getConfig();
  const written = snakeKeys(config) as Record<string, Json>;
  return { module: null, class_name: className, config: written, registered_name: className };
}

function fromFile(layer: Layer, origin: KerasObject): KerasObject {
  const { module = null, class_name, registered_name = class_name, config } = origin;
  const state = { name: layer.name, trainable: (layer as unknown as { trainable_: boolean }).trainable_ };
  const known = isPlainObject(config) ? (config as Record<string, Json>) : {};
  return { module, class_name, config: { ...known, ...state }, registered_name };
}
