// The error for a layer of a file that cannot be made or called.

import { messageOf } from '../../core/errors.js';
import { isThrownByUser } from '../../core/userCode.js';
import { fileError } from '../../formats/kerasFileError.js';

/** Where errors of the user's own code have come up. */
const places = new WeakMap<object, string>();

/** A KerasFileError with the message and, as its cause, the error. What the user's own class has thrown stays as it is. */
export function layerError(where: string, error: unknown): unknown {
  if (!isThrownByUser(error)) return fileError(where, messageOf(error), {}, error);
  if (!places.has(error as object)) places.set(error as object, where);
  return error;
}

/** The error with the layer in its message, for a caller whose user did not ask for the load. */
export function withPlace(error: unknown): unknown {
  const where = isThrownByUser(error) ? places.get(error as object) : undefined;
  return where === undefined ? error : fileError(where, messageOf(error), {}, error);
}
