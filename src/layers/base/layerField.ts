// A layer as an argument, for layers that wrap others. The registry knows how layers are made and saved and tells it here, so
// that no layer has to import the registry.

import type { layers } from '@tensorflow/tfjs-layers';
import { isKerasObject, type KerasObject } from '../../core/json.js';
import type { Field, FieldContext } from './fields.js';
import { KerasValueError, showValue } from './kerasValueError.js';

export interface LayerForms {
  make(object: KerasObject, context: Omit<FieldContext, 'where' | 'key'>): layers.Layer;
  serialize(layer: layers.Layer): KerasObject;
}

let forms: LayerForms | undefined;

export function setLayerForms(given: LayerForms): void {
  forms = given;
}

function requireForms(): LayerForms {
  if (forms) return forms;
  throw new KerasValueError('Layers within layers need the registry: import it before');
}

/** A layer, or what Keras or TensorFlow.js writes for one. */
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
