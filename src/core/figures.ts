// Figures of repeated measurements.

export interface Figures {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The median, least and greatest of at least one number. The median of an even count is the mean of the middle two. */
export function figuresOf(times: readonly number[]): Figures {
  const sorted = [...times].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
  return { median, min: sorted[0], max: sorted[sorted.length - 1] };
}
