// What the test of a kernel finds when it compares a result with the right one.

/** What a test has found. */
export interface Verdict {
  readonly passed: boolean;
  /** The largest difference from the right result, as a part of the largest right value. */
  readonly difference: number;
}

/** Compares the result of a test with the right one. */
export function compare(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): Verdict {
  if (actual.length !== expected.length) return { passed: false, difference: Number.POSITIVE_INFINITY };
  let [most, difference] = [1, 0];
  for (let i = 0; i < expected.length; i++) {
    if (Number.isFinite(expected[i])) most = Math.max(most, Math.abs(expected[i]));
  }
  for (let i = 0; i < expected.length; i++) {
    if (Object.is(actual[i], expected[i])) continue; // also NaN, and infinities
    const apart = Math.abs(actual[i] - expected[i]);
    difference = Number.isNaN(apart) ? Number.POSITIVE_INFINITY : Math.max(difference, apart);
  }
  return { passed: difference <= tolerance * most, difference: difference / most };
}

/** The worst of several verdicts. */
export function worstOf(verdicts: readonly Verdict[]): Verdict {
  return {
    passed: verdicts.every(({ passed }) => passed),
    difference: Math.max(0, ...verdicts.map(({ difference }) => difference)),
  };
}

/** What may differ, as a part of the largest right value. */
export function toleranceOf(isFloat32: boolean, loose = 1): number {
  return isFloat32 ? 1e-4 * loose : 2e-2;
}
