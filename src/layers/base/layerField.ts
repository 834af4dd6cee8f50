// The argument `layer` of layers that wrap others. The registry, which makes and serializes layers, registers itself
// here. So no layer has to import the registry.

import type { layers } from '@tensorflow/tfjs-layers';
import { isKerasObject, type KerasObject } from '../../core/json.js';
import type { Field, FieldContext } from './fields.js';
import { KerasValueError, showValue } from './kerasValueError.js';

/** How the registry makes layers from Keras's serialized form and back. */
export interface LayerForms {
  make(object: KerasObject, context: Omit<FieldContext, 'where' | 'key'>): layers.Layer;
  serialize(layer: layers.Layer): KerasObject;
}

let forms: LayerForms | undefined;

/** Called by the registry. */
export function setLayerForms(given: LayerForms): void {
  forms = given;
}

function requireForms(): LayerForms {
  if (forms) return forms;
  throw new KerasValueError('Layers within layers need the registry: import it before');
}

/** A layer, or the serialized form of one by Keras or TensorFlow.js. */
export function layer(): Field<layers.Layer> {
  return {
    parse(value, context) {
      if (isLayer(value)) return value;
      const { where, key, ...others } = context;
      if (isKerasObject(value)) return requireForms().make(value, others);
      throw new KerasValueError(
        `${where}: \`${key}\` must be a layer or the object of one. Received: ${key}=${showValue(value)}`,
      );
    },
    serialize: (value) => requireForms().serialize(value),
  };
}

function isLayer(value: unknown): value is layers.Layer {
  return value !== null && typeof value === 'object' && typeof (value as layers.Layer).apply === 'function';
}
