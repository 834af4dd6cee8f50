// Errors of the Keras layers. Their conditions and searchable phrases are Keras's, and they show values as Python does.

/** Keras's ValueError: a layer refuses an argument or a shape. */
export class KerasValueError extends Error {
  override readonly name = 'ValueError';
}

const LONGEST_SHOWN = 500; // values come from files too

/** Spells a value as Python does, so that a message reads like Keras's: (1, None), 'same', True. Long ones are cut. */
export function showValue(value: unknown): string {
  const text = spell(value);
  return text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN)}… (${text.length} characters)`;
}

function spell(value: unknown): string {
  if (value === undefined || value === null) return 'None';
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.length === 1 ? `(${spell(value[0])},)` : `(${value.map(spell).join(', ')})`;
  if (typeof value === 'function') return `<function ${value.name || 'anonymous'}>`;
  if (ArrayBuffer.isView(value)) return `<${value.constructor.name} of ${value.byteLength} bytes>`;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value); // a circle, or a BigInt
  }
}
