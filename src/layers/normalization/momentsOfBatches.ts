// Mean and variance of data that comes in batches, combined as in
// https://en.wikipedia.org/wiki/Algorithms_for_calculating_variance#Parallel_algorithm

import { add, cast, moments, mul, square, sub, type Tensor } from '@tensorflow/tfjs-core';

interface Moments {
  readonly mean: Tensor;
  readonly variance: Tensor;
  readonly count: number;
}

/** Computes the moments over all axes but `kept`. Call it in a tidy. */
export function momentsOfBatches(batches: readonly Tensor[], kept: readonly number[]): Moments {
  return batches.map((batch) => momentsOf(batch, kept)).reduce(combine);
}

function momentsOf(batch: Tensor, kept: readonly number[]): Moments {
  const axes = batch.shape.map((_, i) => i).filter((i) => !kept.includes(i));
  const x: Tensor = cast(batch, 'float32');
  // tf.moments would take an empty list for all axes.
  if (axes.length === 0) return { mean: x, variance: mul(x, 0), count: 1 };
  return { ...moments(x, axes), count: axes.reduce((count, axis) => count * batch.shape[axis], 1) };
}

function combine(a: Moments, b: Moments): Moments {
  const count = a.count + b.count;
  const share = b.count / count;
  const between = mul(square(sub(b.mean, a.mean)), share * (1 - share));
  return {
    mean: add(mul(a.mean, 1 - share), mul(b.mean, share)),
    variance: add(add(mul(a.variance, 1 - share), mul(b.variance, share)), between),
    count,
  };
}
