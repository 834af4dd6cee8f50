// Tells what an entry of a model's list of layers is: an input, a layer, a raw operation or a nested model.

import { asKerasObject, isPlainObject, type KerasObject } from '../../core/json.js';
import { isOp } from '../../layers/ops/opLayer.js';
import { opLibrary } from '../../layers/ops/opLibrary.js';
import { isKnownLayer } from '../../layers/registry.js';

const modelClasses = new Set(['Sequential', 'Functional', 'Model']);

/** Whether it is a Sequential or Functional model, or a subclass of Model with the config of a Functional one. */
export function isModel(object: KerasObject): boolean {
  if (modelClasses.has(object.class_name)) return true;
  const { config } = object;
  return isPlainObject(config) && 'layers' in config && 'input_layers' in config && 'output_layers' in config;
}

export function objectKind(object: KerasObject): 'input' | 'layer' | 'op' | 'model' {
  if (object.class_name === 'InputLayer') return 'input';
  if (isModel(object)) return 'model';
  if (!isOp(asKerasObject(object))) return 'layer';
  // Legacy HDF5 files leave modules out. A class name that only a layer has means the layer, whatever its config looks
  // like.
  const isLayerAlone = isKnownLayer(object.class_name) && opLibrary().findOp(object.class_name) === undefined;
  return object.module == null && isLayerAlone ? 'layer' : 'op';
}

/** Whether the value holds Python code at any depth: a Lambda layer or a lambda function. */
export function carriesCode(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(carriesCode);
  if (value === null || typeof value !== 'object') return false;
  const { class_name: name, value: code } = value as Record<string, unknown>;
  if (name === '__lambda__' || name === 'Lambda') return true;
  // Keras writes a lambda given as an activation as {"value": [code, defaults, closure]}.
  if (Object.keys(value).length === 1 && Array.isArray(code) && typeof code[0] === 'string' && code.length === 3)
    return true;
  return Object.values(value).some(carriesCode);
}
