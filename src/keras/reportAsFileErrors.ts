// The one place where errors about a file get their class. Many come from TensorFlow.js, which knows of no file.

import { KerasFileError } from '../formats/kerasFileError.js';
import type { SourceFile } from '../formats/source/sourceTypes.js';
import { layerError } from './graph/layerError.js';

/**
 * Turns every error of the work on a file into a KerasFileError with the error as its cause. The reason of the signal and
 * what the user's own code has thrown stay as they are.
 */
export async function reportAsFileErrors<T>(
  { name }: SourceFile,
  signal: AbortSignal | undefined,
  work: () => T | Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isKnown = error instanceof KerasFileError || signal?.aborted;
    throw isKnown ? error : layerError(`'${name}'`, error);
  }
}
