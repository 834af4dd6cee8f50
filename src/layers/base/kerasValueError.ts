// Errors of the Keras layers. Their conditions and searchable phrases are Keras's, and they show values as Python does.

/** Keras's ValueError: a layer refuses an argument or a shape. */
export class KerasValueError extends Error {
  override readonly name = 'ValueError';
}

/** Spells a value as Python does, so that a message reads like Keras's: (1, None), 'same', True. */
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
