// Random numbers from a seed, so that a case can be repeated.

export interface Random {
  /** A number of 0 to 1. */
  next(): number;
  /** A whole number of 0 or more, below the limit. */
  below(limit: number): number;
  pick<T>(list: readonly T[]): T;
  /** Up to `count` different items in random order. */
  sample<T>(list: readonly T[], count: number): T[];
}

/** The generator mulberry32. */
export function random(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    next,
    below,
    pick: (list) => list[below(list.length)],
    sample(list, count) {
      const rest = [...list];
      return Array.from({ length: Math.min(count, rest.length) }, () => rest.splice(below(rest.length), 1)[0]);
    },
  };
}
