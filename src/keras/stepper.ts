// Long work in steps: reports how far it is, lets the page breathe, and stops when it is told to.

const BREATH_MS = 30;

export interface StepOptions {
  readonly onProgress?: (fraction: number) => void;
  readonly signal?: AbortSignal;
}

/** Call the result between pieces of work, with the fraction done. Throws the signal's reason once that is aborted. */
export function stepper({ onProgress, signal }: StepOptions): (fraction: number) => Promise<void> {
  let last = Date.now();
  return async (fraction) => {
    signal?.throwIfAborted();
    onProgress?.(fraction);
    if (Date.now() - last < BREATH_MS) return;
    await new Promise((resolve) => setTimeout(resolve));
    last = Date.now();
    signal?.throwIfAborted();
  };
}
