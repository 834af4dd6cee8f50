// The arguments lora_rank and lora_alpha of layers that LoRA can adapt.
// Source: https://keras.io/api/layers/core_layers/dense/

import type { Field } from '../base/fields.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';

/** A positive number or null. The config has the key only if it is a number. */
export function loraField(): Field<number | null> {
  return {
    parse(value, { key }) {
      if (value === undefined || value === null || value === 0) return null;
      if (typeof value === 'number' && value > 0) return value;
      throw new KerasValueError(
        `Argument \`${key}\` must be a positive number or None. Received: ${key}=${showValue(value)}`,
      );
    },
    serialize: (value) => value ?? undefined,
  };
}
