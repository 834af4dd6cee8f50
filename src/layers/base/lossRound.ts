// Which losses of layers belong together: those of one step. A layer that is called several times is asked several times in
// it, and its weights count once.

import { dispose, engine, keep, type Tensor } from '@tensorflow/tfjs-core';

interface Round {
  /** Losses that layers hold until they are summed up. */
  readonly kept: Tensor[];
}

let current: Round | null = null;

/** Runs f as one round: each layer gives the losses of its weights once. */
export function inLossRound<T>(f: () => T): T {
  const outer = current;
  const round: Round = { kept: [] };
  current = round;
  try {
    return f();
  } finally {
    current = outer;
    dispose(round.kept);
  }
}

/** Keeps a tensor until the round ends, whatever tidies end before. Without a round it is the caller's. */
export function keepForRound<T extends Tensor>(x: T): T {
  current?.kept.push(keep(x));
  return x;
}

/** Whether a step runs that sums up losses. */
export function isInLossRound(): boolean {
  return current !== null;
}

/** The round that runs; outside of one the tape that records gradients; null without either. */
export function lossRound(): object | null {
  return current ?? engine().state.activeTape ?? null;
}
