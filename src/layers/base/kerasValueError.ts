// Errors of the Keras layers. Conditions and searchable phrases are Keras's; values are shown as Python shows them.

/** Keras's ValueError: an argument or a shape that a layer cannot take. */
export class KerasValueError extends Error {
  override readonly name = 'ValueError';
}

/** A value in Python's spelling, so that a message reads as the one Keras gives: (1, None), 'same', True. */
export function showValue(value: unknown): string {
  if (value === undefined || value === null) return 'None';
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value))
    return value.length === 1 ? `(${showValue(value[0])},)` : `(${value.map(showValue).join(', ')})`;
  if (typeof value === 'function') return `<function ${value.name || 'anonymous'}>`;
  return JSON.stringify(value) ?? String(value);
}
