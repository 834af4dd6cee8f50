import * as tf from '@tensorflow/tfjs';
import { KerasLayer } from '../../../src/layers.js';

/** Finds a layer by its name at any depth: in nested models and in wrappers. */
export function findLayer(model: tf.layers.Layer, name: string): tf.layers.Layer {
  const pending: tf.layers.Layer[] = [model];
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (next.name === name) return next;
    if (next instanceof tf.LayersModel) pending.push(...next.layers);
    else if (next instanceof KerasLayer) pending.push(...Object.values(next.children).flat());
  }
  throw new Error(`findLayer: the model must have this layer; received name=${name}`);
}
