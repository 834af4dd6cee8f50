// The argument quantization_config, which says how Keras quantised a layer. Here a quantised layer computes with floats,
// and its config has null, as for a layer that was never quantised.
// Source: https://keras.io/api/quantizers/

import { isKerasObject } from '../../core/json.js';
import type { Field } from '../base/fields.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';

/** The argument quantization_config: null, or the object of a configuration, which is dropped. */
export function quantizationConfig(): Field<null> {
  return {
    parse(value, { where, key }) {
      if (value === undefined || value === null || isKerasObject(value)) return null;
      throw new KerasValueError(
        `Argument \`${key}\` of layer ${where} must be None or a QuantizationConfig. Received: ${key}=${showValue(value)}`,
      );
    },
    serialize: () => null,
  };
}
