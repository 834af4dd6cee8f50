// Long work in steps: reports how much is done, lets the page handle events, and stops when the signal is aborted.

import { runUserCode } from '../core/userCode.js';

const LONGEST_BLOCK_MS = 30; // of the page's thread

export interface StepOptions {
  readonly onProgress?: (fraction: number) => void;
  readonly signal?: AbortSignal;
}

/** Called between pieces of work with the fraction done, 0 to 1. May throw to stop the work. */
export type Step = (fraction: number) => Promise<void> | void;

/** Makes a Step that calls `onProgress`, and throws the signal's reason once the signal is aborted. */
export function stepper({ onProgress, signal }: StepOptions): (fraction: number) => Promise<void> {
  let last = Date.now();
  return async (fraction) => {
    signal?.throwIfAborted();
    runUserCode(() => onProgress?.(fraction));
    if (Date.now() - last < LONGEST_BLOCK_MS) return;
    await new Promise((resolve) => setTimeout(resolve));
    last = Date.now();
    signal?.throwIfAborted();
  };
}
