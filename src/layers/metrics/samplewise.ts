// Values and weights of samples, in the shapes that Keras gives them. Source: values of real Keras (test/layers/metrics)

import { broadcastTo, cast, expandDims, mean, mul, squeeze, type Tensor } from '@tensorflow/tfjs-core';
import { maskOf } from '../base/masks.js';

export const asFloat = (x: Tensor): Tensor => (x.dtype === 'float32' ? x : cast(x, 'float32'));

/** Takes a last axis of 1 away from a tensor that has one axis more than the other, or gives it to a vector. */
export function toSameRank(a: Tensor, b: Tensor, expandsVectors = true): [Tensor, Tensor] {
  if (b.rank === a.rank + 1) {
    const [second, first] = toSameRank(b, a, expandsVectors);
    return [first, second];
  }
  if (a.rank !== b.rank + 1 || a.shape.at(-1) !== 1) return [a, b];
  return b.rank === 1 && expandsVectors ? [a, expandDims(b, -1)] : [squeeze(a, [a.rank - 1]), b];
}

/** Weights with 0 where the mask hides a position. */
export function maskedWeight(weight: Tensor | null, mask: Tensor | null): Tensor | null {
  if (mask === null) return weight;
  const counted = asFloat(mask);
  if (weight === null) return counted;
  const [a, b] = toSameRank(counted, asFloat(weight));
  return mul(b, a);
}

const axesFrom = (first: number, rank: number) => Array.from({ length: rank - first }, (_, i) => first + i);

/** The mean over all axes from this one on. */
function meanFrom(x: Tensor, first: number): Tensor {
  return x.rank > first ? mean(x, axesFrom(first, x.rank)) : x;
}

/** A weighted value for each sample, and the weight of each; null where none is weighted. */
export function samplewise(given: Tensor, givenWeight: Tensor | null): [Tensor, Tensor | null] {
  if (givenWeight === null) return [meanFrom(asFloat(given), 1), null];
  const masked = maskedWeight(asFloat(givenWeight), maskOf(given)) as Tensor;
  const [values, weight] = toSameRank(asFloat(given), masked);
  const reduced = meanFrom(values, weight.rank);
  const counted = broadcastTo(weight, reduced.shape);
  return [meanFrom(mul(reduced, counted), 1), weight.rank > 1 ? meanFrom(counted, 1) : counted];
}
