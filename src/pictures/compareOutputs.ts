// Compares the outputs of a model on two backends.

import type { Output } from './modelOutputs.js';

/** The largest difference of any output relative to its largest value; infinity if only one of two values is NaN. */
export function largestDifference(a: readonly Output[], b: readonly Output[]): number {
  return Math.max(0, ...a.map((output, i) => differenceOf(output.values, b[i].values)));
}

function differenceOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let [largest, difference] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    if (Object.is(a[i], b[i])) continue;
    const size = Math.abs(a[i] - b[i]);
    difference = Math.max(difference, Number.isNaN(size) ? Number.POSITIVE_INFINITY : size);
  }
  for (let i = 0; i < a.length; i++) if (Number.isFinite(a[i])) largest = Math.max(largest, Math.abs(a[i]));
  return difference === 0 ? 0 : difference / Math.max(largest, 1e-6);
}
