// What every broken file must end in.

import { expect } from 'chai';
import { KerasFileError } from '../../../src/formats/kerasFileError.js';

/** Runs it and gives the KerasFileError that it must throw; any other error is passed on. */
export function catchFileError(run: () => unknown): KerasFileError {
  try {
    run();
  } catch (error) {
    if (error instanceof KerasFileError) return error;
    throw error;
  }
  throw new Error('a KerasFileError is expected, nothing was thrown');
}

/** The same for a promise; `message` must be part of what the error says. */
export async function expectRejection(promise: Promise<unknown>, message: string): Promise<void> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(KerasFileError);
  expect(String(error)).to.include(message);
}
