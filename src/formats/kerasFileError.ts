// The one error for everything that is wrong with a file: `<where>: <rule broken>; received <name>=<value>`. Names and
// texts in a message may come from a hostile file, so they are shortened.

import { show } from '../core/errors.js';

const LONGEST_SHOWN = 200;
const LONGEST_MESSAGE = 1900; // names and texts of a file can be as long as the file

/**
 * Thrown for a model file that is truncated, corrupted, hostile or of an unknown kind. The message has less than 2000
 * characters.
 */
export class KerasFileError extends Error {
  override readonly name = 'KerasFileError';

  constructor(message: string, options?: ErrorOptions) {
    super(shorten(message, LONGEST_MESSAGE), options);
  }
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

/** Makes the error that `checkFile` throws, for code that has no condition to check. */
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

/** The text, or its beginning and its length. */
export function shorten(text: string, longest = LONGEST_SHOWN): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}… (${text.length} characters)`;
}
