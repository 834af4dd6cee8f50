// The hard_sigmoid of Keras 2 and TensorFlow.js, clip(0.2 x + 0.5, 0, 1), in files of Keras 3, which has no name for it: its own
// hard_sigmoid is relu6(x + 3) / 6. Keras takes a layer wherever it takes an activation, so it is written as a Pipeline of a Rescaling
// and a ReLU. Keras 3.15 loads and runs it in every layer, also in cells.

import {
  configOf,
  isJsonArray,
  isJsonObject,
  isKerasObject,
  type Json,
  type KerasObject,
  kerasObject,
} from '../../core/json.js';
import { serializeAsLayer } from './serializeAsLayer.js';

const NAME = 'keras2_hard_sigmoid';
const scaling = { scale: 0.2, offset: 0.5 };
const clipping = { max_value: 1, negative_slope: 0, threshold: 0 };

/** The layer that computes it. */
export function serializeKeras2HardSigmoid(): Json {
  const part = (className: string, config: Readonly<Record<string, number>>) =>
    serializeAsLayer({ className, name: `${NAME}_${className.toLowerCase()}`, config });
  return kerasObject('keras.layers', 'Pipeline', {
    layers: [part('Rescaling', scaling), part('ReLU', clipping)],
    name: NAME,
  });
}

/** Whether the object is what `serializeKeras2HardSigmoid` writes, perhaps saved by Keras again. */
export function isKeras2HardSigmoid(object: KerasObject): boolean {
  const { layers, name } = configOf(object);
  if (object.class_name !== 'Pipeline' || name !== NAME || !isJsonArray(layers) || layers.length !== 2) return false;
  return holds(layers[0], 'Rescaling', scaling) && holds(layers[1], 'ReLU', clipping);
}

function holds(value: Json, className: string, wanted: Readonly<Record<string, number>>): boolean {
  if (!isJsonObject(value) || !isKerasObject(value) || value.class_name !== className) return false;
  const config = configOf(value);
  return Object.entries(wanted).every(([key, item]) => config[key] === item);
}
