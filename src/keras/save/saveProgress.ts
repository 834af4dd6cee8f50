// How far a save is, and whether it is still wanted.

export interface ProgressOptions {
  /** Called with 0 to 1 as the weights are read; 1 when the file is complete. */
  readonly onProgress?: (fraction: number) => void;
  /** Ends the saving; the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface Progress {
  /** Throws the signal's reason once it is aborted. */
  check(): void;
  /** This many more numbers are read. */
  advance(numbers: number): void;
  finish(): void;
}

const READING = 0.9; // of the time; the rest goes into the file

/** @param total How many numbers there are to read. */
export function startProgress(total: number, { onProgress, signal }: ProgressOptions): Progress {
  let done = 0;
  return {
    check: () => signal?.throwIfAborted(),
    advance(numbers) {
      done += numbers;
      onProgress?.(READING * Math.min(1, done / Math.max(total, 1)));
    },
    finish: () => onProgress?.(1),
  };
}
