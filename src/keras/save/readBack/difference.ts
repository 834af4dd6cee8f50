// The error for a file that does not read back as what was meant.

import { show } from '../../../core/errors.js';

const LONGEST = 300; // characters of a value in the message

/** @throws Error that names the first difference between the model and what its file says. */
export function differ(what: string, meant: unknown, read: unknown): never {
  const text = (value: unknown) => {
    const shown = show(value);
    return shown.length <= LONGEST ? shown : `${shown.slice(0, LONGEST)}…`;
  };
  throw new Error(
    `saved model: the file must read back as the model (verify: false leaves this check out); received ${what}: ${text(read)} instead of ${text(meant)}`,
  );
}

/** Compares two JSON values, and names the path of the first member that differs. */
export function compareJson(what: string, meant: unknown, read: unknown): void {
  if (Object.is(meant, read)) return;
  const areBoth = isTree(meant) && isTree(read) && Array.isArray(meant) === Array.isArray(read);
  if (!areBoth) differ(what, meant, read);
  for (const key of new Set([...Object.keys(meant), ...Object.keys(read)])) {
    compareJson(`${what}.${key}`, meant[key], read[key]);
  }
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object';
}
