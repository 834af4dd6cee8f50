// Values in a path, as Python's str.format writes them: {epoch:02d}, {val_loss:.2f}.
// Source: https://docs.python.org/3/library/string.html#formatspec

import { KerasValueError, showValue } from '../../layers/base/kerasValueError.js';

type FormatValues = Readonly<Record<string, number | readonly number[]>>;

/** @throws ValueError for a name without a value, and for a form that is not known here. */
export function formatPath(path: string, values: FormatValues): string {
  return path.replace(/\{(\w+)(?::([^}]*))?\}/g, (_, name: string, form = '') => {
    const value = values[name];
    if (typeof value !== 'number') {
      throw new KerasValueError(
        `Failed to format this callback filepath: ${showValue(path)}. Received: no number '${name}' among ${Object.keys(values).join(', ')}`,
      );
    }
    return formatNumber(value, form as string, path);
  });
}

function formatNumber(value: number, form: string, path: string): string {
  const [all, zero, width = '0', , digits, type = ''] = /^(0?)(\d+)?(\.(\d+))?([dfeg]?)$/.exec(form) ?? [];
  if (all === undefined) {
    throw new KerasValueError(
      `Failed to format this callback filepath: ${showValue(path)}. Received: the form '${form}'`,
    );
  }
  const text = textOf(value, type, digits === undefined ? undefined : Number(digits));
  return text.padStart(Number(width), zero ? '0' : ' ');
}

function textOf(value: number, type: string, digits: number | undefined): string {
  if (type === 'd') return String(Math.trunc(value));
  if (type === 'f') return value.toFixed(digits ?? 6);
  if (type === 'e') return value.toExponential(digits ?? 6).replace(/e([+-])(\d)$/, 'e$10$2');
  return digits === undefined ? String(value) : String(Number(value.toPrecision(digits)));
}
