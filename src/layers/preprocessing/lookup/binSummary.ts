// A sketch of a distribution, from which Discretization takes its bin boundaries: sorted values, each with the number of
// examples that it stands for. Two sketches join into one of about 1/epsilon values, so that data may come in batches.
// The computation repeats Keras's, since boundaries are what a model was trained with.
// Source: https://keras.io/api/layers/preprocessing_layers/numerical/discretization/, measured on Keras 3.15.

export interface BinSummary {
  readonly values: readonly number[];
  readonly weights: readonly number[];
}

export const emptySummary: BinSummary = { values: [], weights: [] };

/** The sketch of some values: every n-th of the sorted ones. */
export function summarize(values: Iterable<number>, epsilon: number): BinSummary {
  const sorted = Float32Array.from(values).sort();
  const increment = sorted.length / (1 / epsilon); // in this order, for the rounding of step
  const step = Math.max(Math.trunc(increment), 1);
  const kept: number[] = [];
  for (let i = step - 1; i < sorted.length; i += step) kept.push(sorted[i]);
  return { values: kept, weights: kept.map(() => Math.max(increment, 1)) };
}

/** Joins two sketches. */
export function mergeSummaries(a: BinSummary, b: BinSummary, epsilon: number): BinSummary {
  const values = [...a.values, ...b.values];
  const weights = [...a.weights, ...b.weights];
  const order = values.map((_, i) => i).sort((i, j) => values[i] - values[j]);
  return compress({ values: order.map((i) => values[i]), weights: order.map((i) => weights[i]) }, epsilon);
}

/** The boundaries between bins that hold equally many examples. */
export function boundariesOf(summary: BinSummary, numBins: number): number[] {
  return compress(summary, 1 / numBins).values.slice(0, -1);
}

/** Reduces a sketch to the values at the multiples of epsilon, by linear interpolation. */
function compress(summary: BinSummary, epsilon: number): { values: number[]; weights: number[] } {
  const { values, weights } = summary;
  if (values.length * epsilon < 1) return { values: [...values], weights: [...weights] };
  let sum = 0;
  const sums = weights.map((weight) => {
    sum += weight;
    return sum;
  });
  const shares = sums.map((value) => value / sum);
  const points = Array.from({ length: Math.ceil(1 / epsilon) }, (_, i) => epsilon + i * epsilon);
  const newSums = points.map((point) => interpolate(point, shares, sums));
  return {
    values: points.map((point) => Math.fround(interpolate(point, shares, values))),
    weights: newSums.map((value, i) => Math.fround(value - (i === 0 ? 0 : newSums[i - 1]))),
  };
}

/** y at x on the line through the points; the first or last y outside of them. */
function interpolate(x: number, xs: readonly number[], ys: readonly number[]): number {
  let after = xs.findIndex((value) => value > x);
  if (after < 0) return ys[ys.length - 1];
  if (after === 0) return ys[0];
  while (after < xs.length - 1 && xs[after] === xs[after - 1]) after++;
  const share = (x - xs[after - 1]) / (xs[after] - xs[after - 1]);
  return ys[after - 1] + share * (ys[after] - ys[after - 1]);
}
