// (x - mean) / sqrt(variance + epsilon), the mean and the variance taken in two passes: x may be far from zero.

import { add, mean, mul, reshape, rsqrt, square, sub, type Tensor } from '@tensorflow/tfjs-core';

/** Over the axes, which are counted from the front. */
export function standardize(x: Tensor, axes: readonly number[], epsilon: number): Tensor {
  const average = (values: Tensor) => mean(values, [...axes], true);
  const centered = sub(x, average(x));
  return mul(centered, rsqrt(add(average(square(centered)), epsilon)));
}

/** Divided by the deviation only, as LayerNormalization does with rms_scaling: x is not centered, its variance is. */
export function scaleByDeviation(x: Tensor, axes: readonly number[], epsilon: number): Tensor {
  const average = (values: Tensor) => mean(values, [...axes], true);
  return mul(x, rsqrt(add(average(square(sub(x, average(x)))), epsilon)));
}

interface Affine {
  readonly gamma?: Tensor | null;
  readonly beta?: Tensor | null;
  /** In which gamma and beta broadcast against x. */
  readonly shape: readonly number[];
}

/** x * gamma + beta */
export function affine(x: Tensor, { gamma, beta, shape }: Affine): Tensor {
  const scaled = gamma ? mul(x, reshape(gamma, [...shape])) : x;
  return beta ? add(scaled, reshape(beta, [...shape])) : scaled;
}
