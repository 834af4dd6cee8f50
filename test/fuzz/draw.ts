// Random choices from a seed: the same seed gives the same case on every machine.

import { random } from '../support/randomCases.js';

/** How the values of a case's tensors are chosen. Whole numbers make the sums exact, so that any difference is a fault. */
export type ValueKind = 'uniform' | 'whole' | 'equal' | 'sparse' | 'large';

const valueKinds: readonly ValueKind[] = ['uniform', 'uniform', 'whole', 'whole', 'equal', 'sparse', 'large'];

export class Draw {
  readonly #next: () => number;

  /**
   * @param structure The seed of all choices.
   * @param seed The seed of the tensors' values. Default: `structure`.
   */
  constructor(
    structure: number,
    readonly seed = structure,
  ) {
    this.#next = random(structure);
  }

  /** In [0, 1). */
  unit(): number {
    return (this.#next() + 1) / 2;
  }

  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.unit() * (high - low + 1));
  }

  pick<T>(values: readonly T[]): T {
    return values[this.whole(0, values.length - 1)] as T;
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  /** A number of channels: mostly few, and often at the edges of vectors and tiles. */
  channels(most = 40): number {
    const count = this.chance(0.5)
      ? this.whole(1, 9)
      : this.pick([4, 8, 12, 16, 24, 32, 40]) + this.pick([-1, 0, 0, 0, 1]);
    return Math.min(count, most);
  }

  /** A size of an image: mostly small, now and then as wide as several tiles. */
  side(): number {
    return this.chance(0.85) ? this.whole(1, 9) : this.whole(10, 37);
  }

  /** A shape of this rank with at most `limit` values. */
  shape(rank: number, limit = 600): number[] {
    for (;;) {
      const shape = Array.from({ length: rank }, () => (this.chance(0.2) ? 1 : this.side()));
      if (shape.reduce((product, size) => product * size, 1) <= limit) return shape;
    }
  }

  valueKind(): ValueKind {
    return this.pick(valueKinds);
  }
}

/** Values that every run of a case makes anew, exact in float32. */
export function valuesOf(kind: ValueKind, size: number, seed: number): Float32Array {
  const next = random(seed);
  if (kind === 'equal') return new Float32Array(size).fill(Math.fround(next()));
  return Float32Array.from({ length: size }, () => {
    const value = next();
    if (kind === 'whole') return Math.round(value * 4);
    if (kind === 'sparse') return value > 0.6 ? value : 0;
    return kind === 'large' ? value * 4096 : value;
  });
}
