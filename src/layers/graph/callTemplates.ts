// Keeps beside a tfjs node how the file wrote the call, positional and keyword arguments with the tensors marked: a
// tfjs node holds the tensors alone. With it a model is saved as it was loaded.

import type { layers } from '@tensorflow/tfjs-layers';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.js';

/** Stands for a tensor in `args` and `kwargs`: its index in the layer's inputs. */
export type InputMark = { readonly __input__: number };

export interface CallTemplate {
  readonly args: Json;
  readonly kwargs: Json;
  /** The arguments that are neither tensors nor masks, of a layer that has some. A layer may have others in each call. */
  readonly options?: JsonObject;
  readonly byPosition?: MasksByPosition;
}

/**
 * Keyword arguments of a template that stood by position in the call: masks. Keras gives such a mask to the layer, and the
 * outputs one that is computed from the mask on the first input.
 */
export interface MasksByPosition {
  /** The position of the first. */
  readonly first: number;
  /** Parameters in the order of the call. */
  readonly names: readonly string[];
}

/** A call of a layer in a tfjs model. */
export type LayerNode = layers.Layer['inboundNodes'][number];

const templates = new WeakMap<LayerNode, CallTemplate>();

export function rememberCall(node: LayerNode, template: CallTemplate): void {
  templates.set(node, template);
}

/**
 * The call as the file wrote it; for a model built in JavaScript the usual call with one tensor, or one list of them.
 */
export function callTemplateOf(node: LayerNode): CallTemplate {
  const known = templates.get(node);
  if (known) return known;
  const marks = node.inputTensors.map((_, __input__) => ({ __input__ }));
  return { args: marks.length === 1 ? marks : [marks], kwargs: {} };
}

export function isInputMark(value: Json | undefined): value is InputMark {
  return isJsonObject(value) && typeof value.__input__ === 'number';
}
