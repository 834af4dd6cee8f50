import type { Field } from '../base/fields.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';

/** lora_rank and lora_alpha: null or a positive number, and in the config only where there is one. */
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
