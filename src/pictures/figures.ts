// Figures of a benchmark.

import type { Output } from './modelOutputs.js';

export interface Figures {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function figuresOf(times: readonly number[]): Figures {
  const sorted = [...times].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
  return { median, min: sorted[0], max: sorted[sorted.length - 1] };
}

/** The largest difference of any output, relative to its largest value; infinity where one has NaN and the other not. */
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
