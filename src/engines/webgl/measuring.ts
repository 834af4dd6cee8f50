// Whether tf.time() or tf.profile() measures now. A convolution must be drawn where it is called then, so that its time is
// its own.

import type { TfjsInternals } from './tfjsInternals.js';

let measured = false;

export function isMeasured(): boolean {
  return measured;
}

/** Runs work in which nothing is put off. */
export function atOnce<T>(work: () => T): T {
  const outer = measured;
  measured = true;
  try {
    return work();
  } finally {
    measured = outer;
  }
}

/** Begins to measure a draw; the function that it returns ends that. */
export function startTimer(internals: TfjsInternals, name: string): () => void {
  const query = internals.startTimer();
  return () => internals.activeTimers?.push({ name, query: internals.getQueryTime(internals.endTimer(query)) });
}
