// Which losses of layers belong together: those of one step. A layer that is called several times is asked several times in
// it, and its weights count once.

import { engine } from '@tensorflow/tfjs-core';

let current: object | null = null;

/** Runs f as one round: each layer gives the losses of its weights once. */
export function inLossRound<T>(f: () => T): T {
  const outer = current;
  current = {};
  try {
    return f();
  } finally {
    current = outer;
  }
}

/** Whether a step runs that sums up losses. */
export function isInLossRound(): boolean {
  return current !== null;
}

/** The round that runs; outside of one the tape that records gradients; null without either. */
export function lossRound(): object | null {
  return current ?? engine().state.activeTape ?? null;
}
