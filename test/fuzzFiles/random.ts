// A seeded random generator for the mutators. Each case has a seed of its own, so that it can be run alone.

import { type Random, seededRandom } from '../support/formats/corrupt.js';

export interface Choice extends Random {
  /** One of the items. */
  pick<T>(items: readonly T[]): T;
  /** Whether something happens that has this probability. */
  chance(probability: number): boolean;
}

export function choiceOf(seed: number): Choice {
  // A multiplication spreads neighbouring seeds, whose first numbers would be alike.
  const { below } = seededRandom(Math.imul(seed + 1, 2654435761));
  for (let i = 0; i < 4; i++) below(2);
  return {
    below,
    pick: (items) => items[below(items.length)],
    chance: (probability) => below(1 << 20) < probability * (1 << 20),
  };
}
