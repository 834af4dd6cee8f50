// The one error for everything that is wrong with a file, in the house form `<where>: <rule broken>; received <name>=<value>`.
// Names and texts in a message may come out of a hostile file, so they are shortened.

import { show } from '../core/errors.js';

const LONGEST_SHOWN = 200;

/** A model file that cannot be read, or must not be: truncated, corrupted, hostile or of an unknown kind. */
export class KerasFileError extends Error {
  override readonly name = 'KerasFileError';
}

/** Throws a KerasFileError `<where>: <rule>; received <name>=<value>, ...` unless `holds`. */
export function checkFile(
  holds: boolean,
  where: string,
  rule: string,
  received: Readonly<Record<string, unknown>> = {},
): asserts holds {
  if (!holds) throw fileError(where, rule, received);
}

/** The error of `checkFile`, for the places where a condition does not fit. */
export function fileError(
  where: string,
  rule: string,
  received: Readonly<Record<string, unknown>> = {},
  cause?: unknown,
): KerasFileError {
  const values = Object.entries(received).map(([name, value]) => `${name}=${shorten(show(value))}`);
  const tail = values.length > 0 ? `; received ${values.join(', ')}` : '';
  return new KerasFileError(`${where}: ${rule}${tail}`, cause === undefined ? undefined : { cause });
}

function shorten(text: string): string {
  return text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN)}… (${text.length} characters)`;
}
