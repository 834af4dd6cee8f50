// Mean and variance of a batch per channel, and normalization by given statistics.
// Source: https://keras.io/api/layers/normalization_layers/batch_normalization/

import {
  add,
  batchNorm,
  cast,
  div,
  engine,
  expandDims,
  getBackend,
  moments,
  mul,
  neg,
  onesLike,
  reshape,
  rsqrt,
  square,
  squeeze,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { isConvnet } from '../../tfjs/registry.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { broadcastShape } from './normalizationAxes.js';

export interface Statistics {
  /** [channels] */
  readonly mean: Tensor;
  /** [channels]; divided by the number of values, not by one less. */
  readonly variance: Tensor;
}

const maskEpsilon = 1e-7;

/** The values that count. */
export interface ValueMask {
  /** true where x counts; the shape of x without its last axis. */
  readonly mask: Tensor;
  /** Whether each step counts once, as before Keras 3.9, however many values the last axis has. */
  readonly countsSteps: boolean;
}

/** Computes the statistics over all axes but `axis`. */
export function batchMoments(x: Tensor, axis: number, masked?: ValueMask | null): Statistics {
  const axes = x.shape.map((_, i) => i).filter((i) => i !== axis);
  return masked ? maskedMoments(x, axes, masked) : moments(x, axes);
}

/** What is masked may be infinite or NaN. */
function maskedMoments(x: Tensor, axes: number[], { mask, countsSteps }: ValueMask): Statistics {
  if (mask.rank !== x.rank - 1) {
    throw new KerasValueError(
      `The mask provided should be one dimension less than the inputs. Received: mask.shape=${showValue(mask.shape)}, inputs.shape=${showValue(x.shape)}`,
    );
  }
  const last = x.rank - 1;
  const counts = expandDims(mask, -1);
  const kept = (values: Tensor) => where(cast(counts, 'bool'), values, zerosLike(values));
  const steps = sum(cast(counts, 'float32'), axes, true);
  const count = add(countsSteps || !axes.includes(last) ? steps : mul(steps, x.shape[last]), maskEpsilon);
  const mean = div(sum(kept(x), axes, true), count);
  const variance = div(sum(square(kept(sub(x, mean))), axes, true), count);
  return { mean: squeeze(mean, axes), variance: squeeze(variance, axes) };
}

interface NormalizeArgs {
  readonly x: Tensor;
  readonly axis: number;
  readonly statistics: Statistics;
  readonly epsilon: number;
  readonly gamma: Tensor | null;
  readonly beta: Tensor | null;
}

/** (x - mean) / sqrt(variance + epsilon) * gamma + beta. One kernel if the channels are last. */
export function normalizeBy({ x, axis, statistics: { mean, variance }, epsilon, gamma, beta }: NormalizeArgs): Tensor {
  if (axis === x.rank - 1) {
    // TensorFlow.js's gradient needs both scale and offset.
    const isRecorded = engine().state.gradientDepth > 0;
    const scale = (gamma ?? (isRecorded ? onesLike(variance) : undefined)) as Tensor1D | undefined;
    const offset = (beta ?? (isRecorded ? zerosLike(variance) : undefined)) as Tensor1D | undefined;
    // Images keep their shape, since a reshape has to convert the tensor on WebGL2. TensorFlow.js's gradient is simpler in
    // rank 2.
    const keepsShape = x.rank === 4 && (!isRecorded || isConvnet(getBackend()));
    const images = keepsShape ? x : reshape(x, [-1, x.shape[axis]]);
    const y = batchNorm(images as Tensor4D, mean as Tensor1D, variance as Tensor1D, offset, scale, epsilon);
    return reshape(y, x.shape);
  }
  const inverse = rsqrt(add(variance, epsilon));
  const factor = gamma ? mul(inverse, gamma) : inverse;
  const shift = neg(mul(mean, factor));
  const shape = broadcastShape([axis], x.shape);
  return add(mul(x, reshape(factor, shape)), reshape(beta ? add(shift, beta) : shift, shape));
}
