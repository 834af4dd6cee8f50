// The argument `layer` of layers that wrap others.

import type { layers } from '@tensorflow/tfjs-layers';
import { isKerasObject } from '../../core/json.js';
import type { Field } from './fields.js';
import { KerasValueError, showValue } from './kerasValueError.js';
import { makeSerializedLayer, serializedLayer } from './layerForms.js';

/** A layer, or the serialized form of one by Keras or TensorFlow.js. */
export function layer(): Field<layers.Layer> {
  return {
    parse(value, context) {
      if (isLayer(value)) return value;
      const { where, key, ...others } = context;
      if (isKerasObject(value)) return makeSerializedLayer(value, others);
      throw new KerasValueError(
        `${where}: \`${key}\` must be a layer or the object of one. Received: ${key}=${showValue(value)}`,
      );
    },
    serialize: serializedLayer,
  };
}

function isLayer(value: unknown): value is layers.Layer {
  return value !== null && typeof value === 'object' && typeof (value as layers.Layer).apply === 'function';
}
