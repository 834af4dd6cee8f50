// Mean and variance of data that comes in batches, combined as in
// https://en.wikipedia.org/wiki/Algorithms_for_calculating_variance#Parallel_algorithm

import { cast, moments, mul, type Tensor, tidy } from '@tensorflow/tfjs-core';

/** The moments of the batches so far. They are numbers, since a dataset disposes of its tensors. */
export interface BatchMoments {
  readonly mean: Float32Array;
  readonly variance: Float32Array;
  /** Values behind each mean. */
  readonly count: number;
}

/** Adds the moments of a batch, over all axes but `kept`, to those of the batches before. */
export function addBatch(before: BatchMoments | null, batch: Tensor, kept: readonly number[]): BatchMoments {
  const own = momentsOf(batch, kept);
  return before ? combine(before, own) : own;
}

function momentsOf(batch: Tensor, kept: readonly number[]): BatchMoments {
  const axes = batch.shape.map((_, i) => i).filter((i) => !kept.includes(i));
  const read = (x: Tensor) => x.dataSync() as Float32Array;
  return tidy(() => {
    const x: Tensor = cast(batch, 'float32');
    // tf.moments would take an empty list for all axes.
    if (axes.length === 0) return { mean: read(x), variance: read(mul(x, 0)), count: 1 };
    const { mean, variance } = moments(x, axes);
    const count = axes.reduce((product, axis) => product * batch.shape[axis], 1);
    return { mean: read(mean), variance: read(variance), count };
  });
}

function combine(a: BatchMoments, b: BatchMoments): BatchMoments {
  const count = a.count + b.count;
  const share = b.count / count;
  return {
    mean: a.mean.map((value, i) => value * (1 - share) + b.mean[i] * share),
    variance: a.variance.map((value, i) => {
      const between = (b.mean[i] - a.mean[i]) ** 2 * share * (1 - share);
      return value * (1 - share) + b.variance[i] * share + between;
    }),
    count,
  };
}
