// Which kind of thing a serialized object of a model's graph is.

import { asKerasObject, isPlainObject, type KerasObject } from '../../core/json.js';
import { isOp } from '../../layers/ops/opLayer.js';
import { findOp } from '../../layers/ops/opTable.js';
import { isKnownLayer } from '../../layers/registry.js';

const modelClasses = new Set(['Sequential', 'Functional', 'Model']);

/** A Sequential or Functional model, or a subclass of Model that was made like a Functional one. */
export function isModel(object: KerasObject): boolean {
  if (modelClasses.has(object.class_name)) return true;
  const { config } = object;
  return isPlainObject(config) && 'layers' in config && 'input_layers' in config && 'output_layers' in config;
}

export function kindOf(object: KerasObject): 'input' | 'layer' | 'op' | 'model' {
  if (object.class_name === 'InputLayer') return 'input';
  if (isModel(object)) return 'model';
  // Legacy HDF5 files leave modules out: a class that is a layer only is one, whatever its config looks like.
  if (object.module == null && isKnownLayer(object.class_name) && findOp(object.class_name) === undefined)
    return 'layer';
  return isOp(asKerasObject(object)) ? 'op' : 'layer';
}

/** Objects that carry Python code: Lambda layers and lambda functions anywhere in a config. */
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
