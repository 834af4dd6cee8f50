// Parameters of an activation in Keras's form. A function is saved by its name alone, so that relu with a slope can only be
// saved as the layer that computes it; Keras takes a layer wherever it takes an activation.

import type { Json } from '../../core/json.js';
import { kerasObject } from '../../core/json.js';
import type { AsLayer } from './activationTable.js';

export function serializeAsLayer({ className, name, config }: AsLayer): Json {
  const dtype = kerasObject('keras', 'DTypePolicy', { name: 'float32' });
  return kerasObject('keras.layers', className, { name, trainable: true, dtype, ...config });
}
