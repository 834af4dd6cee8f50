// Keeps beside a loaded layer or model how the file wrote it, so that it can be written again.

import type { layers } from '@tensorflow/tfjs-layers';
import { configOf, type JsonObject, type KerasObject } from '../../core/json.js';

const origins = new WeakMap<layers.Layer, KerasObject>();

export function rememberOrigin(layer: layers.Layer, object: KerasObject): void {
  origins.set(layer, object);
}

/** The object in the file; undefined for a layer made in JavaScript and for one of Keras's own classes. */
export function originOf(layer: layers.Layer): KerasObject | undefined {
  return origins.get(layer);
}

/** The config of that object; {} without one. */
export function originConfig(layer: layers.Layer): JsonObject {
  const origin = origins.get(layer);
  return origin ? configOf(origin) : {};
}
