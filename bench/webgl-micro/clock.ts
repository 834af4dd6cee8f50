// The page's clock. A software renderer is timed by the processor time of its threads, which main.ts asks the system for: other
// programs on the same cores do not change it much, where a wall clock would show twice the time and more. Everything else is
// timed by the wall clock.

declare global {
  /** Milliseconds that the browser's GPU process has computed, all threads together. */
  var processorMs: (() => Promise<number>) | undefined;
  /** Threads over which the software renderer spreads the rows of a draw. */
  var rendererThreads: number | undefined;
}

export async function now(): Promise<number> {
  return globalThis.processorMs ? globalThis.processorMs() : performance.now();
}

/** By which to divide a draw's time. */
export function threads(): number {
  return globalThis.rendererThreads ?? 1;
}
