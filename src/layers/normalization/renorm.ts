// Batch renormalization corrects the output in training towards that of the moving statistics:
//   y = (standardized * r + d) * gamma + beta,   r = stddev / renormStddev,   d = (mean - renormMean) / renormStddev
// r and d are clipped and have no gradient. Source: https://arxiv.org/abs/1702.03275

import {
  add,
  clipByValue,
  customGrad,
  div,
  maximum,
  minimum,
  mul,
  relu,
  sqrt,
  square,
  sub,
  type Tensor,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { isPlainObject } from '../../core/json.js';
import type { Field } from '../base/fields.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { assignUnconstrained } from '../base/variables.js';
import { getInitializer, type Initializer } from '../initializers/initializers.js';
import type { Statistics } from './batchStatistics.js';

/** The non-trainable weights of batch renormalization, [channels] each. */
export interface RenormVariables {
  readonly movingStddev: LayerVariable;
  readonly mean: LayerVariable;
  readonly stddev: LayerVariable;
}

type Clipping = Readonly<Record<string, number>>;

/** The argument renormClipping: an object with rmax, rmin and dmax, or null. */
export function renormClipping(): Field<Clipping | null> {
  return {
    parse(value, { where, key }) {
      if (value === undefined || value === null) return null;
      const fail = (rule: string): never => {
        throw new KerasValueError(`${where}: ${rule} in the \`${key}\` argument. Received: ${showValue(value)}`);
      };
      if (!isPlainObject(value)) return fail('an object of numbers is expected');
      const known = ['rmax', 'rmin', 'dmax'];
      if (!Object.keys(value).every((name) => known.includes(name))) fail(`invalid keys, supported are ${known}`);
      const { rmax, rmin, dmax } = value as Clipping;
      if (rmax != null && rmin != null && rmax < rmin) fail('rmax should be greater than rmin');
      if (dmax != null && dmax < 0) fail('dmax should be non-negative');
      return value as Clipping;
    },
    serialize: (value) => value,
  };
}

/** The square root of the moving variance's initializer. */
export function sqrtInitializer(ofVariance: Initializer | null): Initializer {
  const initializer = ofVariance ?? (getInitializer('glorot_uniform') as Initializer);
  return {
    apply(shape, dtype) {
      const variance = initializer.apply(shape, dtype);
      const stddev = sqrt(variance);
      variance.dispose();
      return stddev;
    },
    serialize: () => initializer.serialize(),
  };
}

const stopGradient = customGrad((x) => ({
  value: (x as Tensor).clone(),
  gradFunc: (dy: Tensor) => zerosLike(dy),
}));

interface Batch {
  readonly statistics: Statistics;
  readonly epsilon: number;
  readonly gamma: Tensor | null;
  readonly beta: Tensor | null;
}

/** Computes gamma and beta with the correction: r gamma and d gamma + beta. */
export function correctAffine(
  { mean: meanVariable, stddev: stddevVariable }: RenormVariables,
  { statistics: { mean, variance }, epsilon, gamma, beta }: Batch,
  { rmin, rmax, dmax }: Clipping,
): { gamma: Tensor; beta: Tensor } {
  const deviation = maximum(stddevVariable.read(), Math.sqrt(epsilon));
  let r: Tensor = div(sqrt(add(variance, epsilon)), deviation);
  let d: Tensor = div(sub(mean, meanVariable.read()), deviation);
  if (rmin != null) r = maximum(r, rmin);
  if (rmax != null) r = minimum(r, rmax);
  if (dmax != null) d = clipByValue(d, -dmax, dmax);
  const factor = stopGradient(r);
  const shift = stopGradient(d);
  const offset = gamma ? mul(shift, gamma) : shift;
  return { gamma: gamma ? mul(factor, gamma) : factor, beta: beta ? add(offset, beta) : offset };
}

interface Update extends Statistics {
  readonly epsilon: number;
  readonly momentum: number;
  readonly renormMomentum: number;
}

/** Updates the variables and computes the new moving variance. */
export function updateRenorm(variables: RenormVariables, update: Update): Tensor {
  const { mean, variance, epsilon, momentum, renormMomentum } = update;
  const stddev = sqrt(add(variance, epsilon));
  const follow = (weight: LayerVariable, value: Tensor, kept: number): Tensor => {
    const next: Tensor = add(mul(weight.read(), kept), mul(value, 1 - kept));
    assignUnconstrained(weight, next);
    return next;
  };
  follow(variables.mean, mean, renormMomentum);
  follow(variables.stddev, stddev, renormMomentum);
  return relu(sub(square(follow(variables.movingStddev, stddev, momentum)), epsilon));
}
