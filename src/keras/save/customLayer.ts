// Serializes layers of classes that are not Keras's own: a loaded layer as its file had it, a layer made in JavaScript
// by the config that its class gives. Python finds the class by its name (custom_objects, or the decorator
// `register_keras_serializable`).
// Source: https://keras.io/api/models/model_saving_apis/serialization_utils/

import type { layers } from '@tensorflow/tfjs-layers';
import { type Json, type KerasObject, snakeKeys } from '../../core/json.js';
import { isKnownLayer } from '../../layers/registry.js';
import { originConfig, originOf } from '../graph/origins.js';
import { isTrainable } from './isTrainable.js';
import { tfjsOnlyClasses } from './tfjsOnlyClasses.js';

type Layer = layers.Layer;

/** The object of a layer of a custom class; null if the class is Keras's own or tfjs's. */
export function serializeCustomLayer(layer: Layer): KerasObject | null {
  const origin = originOf(layer);
  if (origin) return serializeLoaded(layer, origin);
  const className = layer.getClassName();
  if (isKnownLayer(className) || tfjsOnlyClasses.has(className)) return null;
  const { batchInputShape: _, ...config } = layer.getConfig();
  const written = snakeKeys(config) as Record<string, Json>;
  return { module: null, class_name: className, config: written, registered_name: className };
}

function serializeLoaded(layer: Layer, origin: KerasObject): KerasObject {
  const { module = null, class_name, registered_name = class_name } = origin;
  const state = { name: layer.name, trainable: isTrainable(layer) };
  return { module, class_name, config: { ...originConfig(layer), ...state }, registered_name };
}
