// Collects the pieces of a file in one buffer, with progress, an AbortSignal and a limit of size.

import { messageOf } from '../../core/errors.js';
import { isThrownByUser, runUserCode } from '../../core/userCode.js';
import { checkFile, fileError } from '../kerasFileError.js';
import type { SourceOptions } from './sourceTypes.js';

/** The default limit of a file's size, which is also the longest typed array of Node 20. */
export const MAX_BYTES = 2 ** 32;
const FIRST_CAPACITY = 2 ** 20;

interface ReadOptions extends SourceOptions {
  readonly name: string;
  /** The size that the source announces. The pieces may be larger or smaller in sum. */
  readonly length?: number;
}

/** Concatenates all pieces. If the announced length is right, each byte is copied once. */
export async function readPieces(
  pieces: AsyncIterable<Uint8Array>,
  { name, length, maxBytes = MAX_BYTES, onProgress, signal }: ReadOptions,
): Promise<Uint8Array> {
  const check = (bytes: number) =>
    checkFile(bytes <= maxBytes, 'openSource', `${name} may have ${maxBytes} bytes at most`, { bytes });
  check(length ?? 0);
  let buffer = allocate(length ?? FIRST_CAPACITY, name);
  let filled = 0;
  try {
    for await (const piece of pieces) {
      signal?.throwIfAborted();
      check(filled + piece.length);
      if (filled + piece.length > buffer.length) {
        const larger = allocate(Math.max(filled + piece.length, Math.min(2 * buffer.length, maxBytes)), name);
        larger.set(buffer.subarray(0, filled));
        buffer = larger;
      }
      buffer.set(piece, filled);
      filled += piece.length;
      if (length !== undefined && length > 0) {
        const fraction = Math.min(filled / length, 1);
        runUserCode(() => onProgress?.(fraction));
      }
    }
  } catch (error) {
    throw signal?.aborted ? signal.reason : readError(name, error);
  }
  signal?.throwIfAborted();
  onProgress?.(1);
  return buffer.subarray(0, filled);
}

/** A KerasFileError for any failure of a read. */
export function readError(name: string, error: unknown): Error {
  if (error instanceof Error && (error.name === 'KerasFileError' || isThrownByUser(error))) return error;
  return fileError('openSource', `${name} cannot be read (${messageOf(error)})`, {}, error);
}

function allocate(bytes: number, name: string): Uint8Array {
  try {
    return new Uint8Array(bytes);
  } catch (error) {
    throw fileError('openSource', `there is not enough memory for ${name}`, { bytes }, error);
  }
}
