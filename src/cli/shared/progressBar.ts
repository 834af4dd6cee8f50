// A progress bar on stderr if that is a terminal; otherwise nothing, so that logs stay clean.

import { SingleBar } from 'cli-progress';

export interface ProgressBar {
  /** Shows a fraction of 0 to 1. */
  update(fraction: number): void;
  stop(): void;
}

export function startBar(label: string): ProgressBar {
  if (!process.stderr.isTTY) return { update: () => {}, stop: () => {} };
  const bar = new SingleBar({
    format: `${label} {bar} {percentage} %`,
    stream: process.stderr,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 30,
    hideCursor: true,
    clearOnComplete: true,
    stopOnComplete: false,
  });
  bar.start(100, 0);
  return { update: (fraction) => bar.update(Math.round(100 * fraction)), stop: () => bar.stop() };
}

/** Runs work with a bar, and removes the bar when the work ends or fails. */
export async function withBar<T>(label: string, work: (update: (fraction: number) => void) => Promise<T>): Promise<T> {
  const bar = startBar(label);
  try {
    return await work(bar.update);
  } finally {
    bar.stop();
  }
}
