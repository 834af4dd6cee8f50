// Losses that know more than TensorFlow.js asks for: how their values become one number, and whether targets are labels.

import { add, cast, div, logicalAnd, maximum, mean, mul, type Scalar, sum, type Tensor } from '@tensorflow/tfjs-core';
import type { ModelCompileArgs } from '@tensorflow/tfjs-layers';
import { maskOf } from '../base/masks.js';

type Loss = (target: Tensor, output: Tensor) => Tensor;

/** A loss of Keras (src/layers/losses): told from a plain function by what it says of itself. */
interface KerasLoss extends Loss {
  readonly reduction: string;
  readonly takesLabels: boolean;
}

/** The arguments of compile() for models that run by Keras's rules. */
export interface KerasCompileArgs extends ModelCompileArgs {
  /** What each output's loss counts in the total: a list, or by the names of outputs. Default 1 for each. */
  readonly lossWeights?: readonly number[] | Readonly<Record<string, number>> | null;
}

function isKerasLoss(loss: unknown): loss is KerasLoss {
  return typeof loss === 'function' && 'reduction' in loss;
}

/** The name whose targets TensorFlow.js takes for labels, in the place of losses that do the same. */
export function withTfjsNames(loss: ModelCompileArgs['loss']): ModelCompileArgs['loss'] {
  const swap = (one: unknown) => (isKerasLoss(one) && one.takesLabels ? 'sparseCategoricalCrossentropy' : one);
  if (Array.isArray(loss)) return loss.map(swap) as string[];
  if (typeof loss !== 'object' || loss === null) return swap(loss) as string;
  return Object.fromEntries(Object.entries(loss).map(([name, one]) => [name, swap(one)])) as { [name: string]: string };
}

/** The losses of all outputs, with those of Keras that had lent a name. */
export function lossesOf(
  loss: ModelCompileArgs['loss'],
  outputNames: readonly string[],
  found: readonly Loss[],
): Loss[] {
  const given = (name: string, i: number): unknown =>
    Array.isArray(loss) ? loss[i] : typeof loss === 'object' && loss !== null ? loss[name] : loss;
  return outputNames.map((name, i) => {
    const own = given(name, i);
    return isKerasLoss(own) ? own : found[i];
  });
}

/** One weight for each output. @throws Error for names or a number of weights that do not fit. */
export function weightsOf(given: KerasCompileArgs['lossWeights'], outputNames: readonly string[]): number[] {
  if (given == null) return outputNames.map(() => 1);
  const list = Array.isArray(given) ? (given as readonly number[]) : null;
  const unknown = list ? [] : Object.keys(given).filter((name) => !outputNames.includes(name));
  if (unknown.length > 0 || (list && list.length !== outputNames.length)) {
    throw new Error(
      `compile: lossWeights must fit the outputs ${outputNames.join(', ')}; received lossWeights=${JSON.stringify(given)}`,
    );
  }
  return list ? [...list] : outputNames.map((name) => (given as Readonly<Record<string, number>>)[name] ?? 1);
}

/** One number of the values of all samples, without those that the output's or the loss's mask hides, as the loss says. */
export function reduceLoss(loss: Loss, values: Tensor, weight: Tensor | null, given: Tensor | null): Scalar {
  const own = maskOf(values);
  const mask = own && given && own.rank === given.rank ? logicalAnd(own, given) : (own ?? given);
  const reduction = isKerasLoss(loss) ? loss.reduction : 'mean';
  const fitting = mask !== null && mask.rank === values.rank ? cast(mask, 'float32') : null;
  const weighted = weight ? mul(values, weight) : values;
  if (reduction === 'sum') return sum(fitting ? mul(weighted, fitting) : weighted) as Scalar;
  if (reduction !== 'mean_with_sample_weight' || !weight) return meanOfUnmasked(weighted, mask);
  const counted = fitting ? mul(weight, fitting) : weight;
  return div(sum(mul(values, counted)), maximum(sum(counted), 1e-7)) as Scalar;
}

/** The mean over the positions that the mask lets through; a mask of another rank than the values' does not fit them. */
export function meanOfUnmasked(values: Tensor, mask: Tensor | null): Scalar {
  if (mask === null || mask.rank !== values.rank) return mean(values);
  const counted = cast(mask, 'float32');
  // Without a position that counts the loss is 0, as Keras's.
  return div(sum(mul(values, counted)), maximum(sum(counted), 1)) as Scalar;
}

/** The sum of the losses of all outputs that have one, each times its weight. */
export function totalLoss(losses: readonly (Scalar | null)[], weights: readonly number[]): Scalar {
  const parts = losses.flatMap((loss, i) =>
    loss ? [weights[i] === 1 ? loss : (mul(loss, weights[i]) as Scalar)] : [],
  );
  return parts.reduce((a, b) => add(a, b));
}
