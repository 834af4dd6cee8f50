// Reports how much of a save is done, and stops it when the signal is aborted.

export interface SaveProgressOptions {
  /** Called with 0 to 1 as the weights are read and the file is read back, and with 1 when it is complete. */
  readonly onProgress?: (fraction: number) => void;
  /** Stops the save. The promise is then rejected with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface SaveProgress {
  /** Throws the signal's reason once the signal is aborted. */
  check(): void;
  /** Reports that this many more values are read. */
  advance(values: number): void;
  /** Reports how much of the file is read back, 0 to 1. */
  verified(fraction: number): void;
  finish(): void;
}

const READING = 0.6; // of the time
const WRITTEN = 0.7; // the rest goes into reading the file back

/** @param total The number of values to read. */
export function startSaveProgress(total: number, { onProgress, signal }: SaveProgressOptions): SaveProgress {
  let done = 0;
  return {
    check: () => signal?.throwIfAborted(),
    advance(values) {
      done += values;
      onProgress?.(READING * Math.min(1, done / Math.max(total, 1)));
    },
    verified(fraction) {
      signal?.throwIfAborted();
      onProgress?.(WRITTEN + (1 - WRITTEN) * fraction);
    },
    finish: () => onProgress?.(1),
  };
}
