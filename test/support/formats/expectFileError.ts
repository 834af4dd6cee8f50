// Expects the KerasFileError in which every broken file must end.

import { expect } from 'chai';
import { KerasFileError } from '../../../src/formats/kerasFileError.js';

/** Gives the KerasFileError that the function must throw. Any other error is thrown on. */
export function catchFileError(run: () => unknown): KerasFileError {
  try {
    run();
  } catch (error) {
    if (error instanceof KerasFileError) return error;
    throw error;
  }
  throw new Error('a KerasFileError is expected, nothing was thrown');
}

/** Expects a promise to be rejected with a KerasFileError whose message contains `message`. */
export async function expectRejection(promise: Promise<unknown>, message: string): Promise<void> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(KerasFileError);
  expect(String(error)).to.include(message);
}
