// (x - mean) / sqrt(variance + epsilon). Mean and variance are computed in two passes, which is accurate for values far
// from zero.

import { add, mean, mul, reshape, rsqrt, square, sub, type Tensor } from '@tensorflow/tfjs-core';

/** Standardizes x over the axes, which are given from zero up. */
export function standardize(x: Tensor, axes: readonly number[], epsilon: number): Tensor {
  const average = (values: Tensor) => mean(values, [...axes], true);
  const centered = sub(x, average(x));
  return mul(centered, rsqrt(add(average(square(centered)), epsilon)));
}

/** x / sqrt(variance + epsilon), as LayerNormalization computes it with rms_scaling. */
export function scaleByDeviation(x: Tensor, axes: readonly number[], epsilon: number): Tensor {
  const average = (values: Tensor) => mean(values, [...axes], true);
  return mul(x, rsqrt(add(average(square(sub(x, average(x)))), epsilon)));
}

interface Affine {
  readonly gamma?: Tensor | null;
  readonly beta?: Tensor | null;
  /** The shape in which gamma and beta broadcast against x. */
  readonly shape: readonly number[];
}

/** x * gamma + beta */
export function affine(x: Tensor, { gamma, beta, shape }: Affine): Tensor {
  const scaled = gamma ? mul(x, reshape(gamma, [...shape])) : x;
  return beta ? add(scaled, reshape(beta, [...shape])) : scaled;
}
