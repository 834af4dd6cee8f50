// How a layer was called in the file, which a tfjs node does not hold: positional and keyword arguments with the tensors'
// places marked. Kept beside the node, so that a model is saved as it was loaded.

import type { layers } from '@tensorflow/tfjs-layers';
import type { Json, KerasObject } from '../../core/json.js';

/** A tensor's place in `args` and `kwargs`: the index into the layer's inputs. */
export interface InputMark {
  readonly __input__: number;
}

export interface CallTemplate {
  readonly args: Json;
  readonly kwargs: Json;
}

/** A call of a layer in a tfjs model. */
export type LayerNode = layers.Layer['inboundNodes'][number];

const templates = new WeakMap<LayerNode, CallTemplate>();

export function rememberCall(node: LayerNode, template: CallTemplate): void {
  templates.set(node, template);
}

/** What the file said; for a model built in JavaScript the usual call: one tensor, or one list of them. */
export function callTemplateOf(node: LayerNode): CallTemplate {
  const known = templates.get(node);
  if (known) return known;
  const marks = node.inputTensors.map((_, __input__) => ({ __input__ }));
  return { args: marks.length === 1 ? marks : [marks], kwargs: {} };
}

export function isInputMark(value: unknown): value is InputMark {
  return typeof (value as InputMark | null)?.__input__ === 'number';
}

const origins = new WeakMap<layers.Layer, KerasObject>();

/** Remembers what a layer or model of a class that is not Keras's own was in the file, so that it can be written again. */
export function rememberOrigin(layer: layers.Layer, object: KerasObject): void {
  origins.set(layer, object);
}

export function originOf(layer: layers.Layer): KerasObject | undefined {
  return origins.get(layer);
}
