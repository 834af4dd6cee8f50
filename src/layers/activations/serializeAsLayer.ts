// Serializes an activation function that has parameters. Keras saves a function by its name alone, so a relu with a
// slope can only be saved as the layer that computes it. Keras accepts a layer wherever it accepts an activation.

import type { Json } from '../../core/json.js';
import { kerasObject } from '../../core/json.js';
import type { AsLayer } from './activationTable.js';

/** The Keras form of the layer that computes this activation. */
export function serializeAsLayer({ className, name, config }: AsLayer): Json {
  const dtype = kerasObject('keras', 'DTypePolicy', { name: 'float32' });
  return kerasObject('keras.layers', className, { name, trainable: true, dtype, ...config });
}
