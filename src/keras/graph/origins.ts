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

const filedClasses = new WeakMap<layers.Layer, string>();

/** Classes of tf.keras that are others here, and are saved as those. Other names of a class are one class in Python. */
const goneClasses = new Set(['SyncBatchNormalization']);

/** Remembers the class that a loaded layer has in its file, by which the paths of its weights go. */
export function rememberFiledClass(layer: layers.Layer, className: string): void {
  if (goneClasses.has(className)) filedClasses.set(layer, className);
}

/** The class in the file that the layer was loaded from, where this package has another. */
export function filedClassOf(layer: layers.Layer): string | undefined {
  return filedClasses.get(layer);
}
