// Losses that know more than TensorFlow.js asks for: how their values become one number, and whether targets are labels.

import {
  add,
  cast,
  div,
  expandDims,
  logicalAnd,
  maximum,
  mean,
  mul,
  type Scalar,
  squeeze,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { ModelCompileArgs } from '@tensorflow/tfjs-layers';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { maskOf } from '../base/masks.js';

import type { MetricsArg } from './compileMetrics.js';

type Loss = (target: Tensor, output: Tensor) => Tensor;

/** A loss of Keras (src/layers/losses): told from a plain function by what it says of itself. */
interface KerasLoss extends Loss {
  readonly reduction: string;
  readonly takesLabels: boolean;
}

/** The arguments of compile() for models that run by Keras's rules. */
export interface KerasCompileArgs extends Omit<ModelCompileArgs, 'metrics'> {
  /**
   * Names, functions of targets and predictions, and metrics with state: one or a list of them, or by the names of outputs.
   * For models with several outputs a list applies to each of them; a list of lists goes by output.
   */
  readonly metrics?: MetricsArg;
  /** The same, of metrics in which sample weights and class weights count. */
  readonly weightedMetrics?: MetricsArg;
  /** What each output's loss counts in the total: a number for one output, a list, or by names. Default 1 for each. */
  readonly lossWeights?: number | readonly number[] | Readonly<Record<string, number>> | null;
}

function isKerasLoss(loss: unknown): loss is KerasLoss {
  return typeof loss === 'function' && 'reduction' in loss;
}

/**
 * The name whose targets TensorFlow.js takes for labels, in the place of losses that do the same. Losses by the names of
 * outputs become a list, in which TensorFlow.js lets an output be without one; of a name it would tell the console.
 *
 * @throws Error for a name that no output has; ValueError for no loss, or a list of another length.
 */
export function withTfjsNames(
  loss: ModelCompileArgs['loss'],
  outputNames: readonly string[],
): ModelCompileArgs['loss'] {
  const isWrong = Array.isArray(loss) && loss.length !== outputNames.length;
  if (loss == null || loss === '' || isWrong) {
    throw new KerasValueError(
      `compile: loss must be one for all outputs, a list of one for each of ${outputNames.join(', ')}, or by these names. Received: loss=${isWrong ? `a list of ${loss.length}` : showValue(loss ?? null)}`,
    );
  }
  const swap = (one: unknown) => (isKerasLoss(one) && one.takesLabels ? 'sparseCategoricalCrossentropy' : one);
  if (Array.isArray(loss)) return loss.map(swap) as string[];
  if (typeof loss !== 'object' || loss === null) return swap(loss) as string;
  const unknown = Object.keys(loss).filter((name) => !outputNames.includes(name));
  if (unknown.length > 0) {
    throw new Error(
      `compile: losses must have names of the outputs ${outputNames.join(', ')}; received loss for ${unknown.join(', ')}`,
    );
  }
  return outputNames.map((name) => swap(loss[name] ?? null)) as string[];
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
  const all = typeof given === 'number' && outputNames.length === 1 ? [given] : given;
  const list = Array.isArray(all) ? (all as readonly number[]) : null;
  const unknown = list || typeof all !== 'object' ? [] : Object.keys(all).filter((name) => !outputNames.includes(name));
  if (unknown.length > 0 || typeof all !== 'object' || (list && list.length !== outputNames.length)) {
    throw new Error(
      `compile: lossWeights must fit the outputs ${outputNames.join(', ')}; received lossWeights=${JSON.stringify(given)}`,
    );
  }
  return list ? [...list] : outputNames.map((name) => (given as Readonly<Record<string, number>>)[name] ?? 1);
}

function reductionOf(loss: Loss): string {
  return isKerasLoss(loss) ? loss.reduction : 'mean';
}

/**
 * How many values a step sums where the log has their mean: with the reduction `none` Keras follows the gradient of the
 * sum. 1 for all other reductions.
 */
export function summedValues(loss: Loss, values: Tensor): number {
  return reductionOf(loss) === 'none' ? values.size : 1;
}

/** One number of the values of all samples, without those that the output's or the loss's mask hides, as the loss says. */
export function reduceLoss(
  loss: Loss,
  computed: Tensor,
  givenWeight: Tensor | null,
  given: Tensor | null,
  grows = false,
): Scalar {
  const own = maskOf(computed);
  const [values, weight] = givenWeight ? alignWeight(computed, givenWeight, grows) : [computed, null];
  const mask = own && given && own.rank === given.rank ? logicalAnd(own, given) : (own ?? given);
  const reduction = reductionOf(loss);
  const weighted = weight ? mul(values, weight) : values;
  if (mask === null) {
    if (reduction === 'sum') return sum(weighted) as Scalar;
    if (reduction !== 'mean_with_sample_weight' || !weight) return mean(weighted);
    return div(sum(mul(values, weight)), maximum(sum(weight), 1e-7)) as Scalar;
  }
  const [fitting, counts] = alignMask(weighted, mask, grows);
  if (reduction === 'sum') return sum(mul(fitting, counts)) as Scalar;
  if (reduction === 'none') return mean(mul(fitting, counts));
  if (reduction !== 'mean_with_sample_weight' || !weight) return meanOfCounted(fitting, counts);
  const counted = mul(weight, counts);
  return div(sum(mul(values, counted)), maximum(sum(counted), 1e-7)) as Scalar;
}

/**
 * Values and weights as Keras multiplies them: one may have a last axis of size 1 more than the other. A column of weights
 * holds for examples as a vector does.
 *
 * @param grows As in Keras 2, where a weight of an example holds for its steps.
 */
function alignWeight(values: Tensor, weight: Tensor, grows: boolean): [Tensor, Tensor] {
  const extra = values.rank - weight.rank;
  if (extra === 1 && (grows || (values.shape.at(-1) === 1 && weight.rank === 1)))
    return [values, expandDims(weight, -1)];
  if (extra === 1 && values.shape.at(-1) === 1) return [squeeze(values, [-1]), weight];
  if (extra === -1 && weight.shape.at(-1) === 1)
    return values.rank === 1 ? [expandDims(values, -1), weight] : [values, squeeze(weight, [-1])];
  return [values, weight];
}

/**
 * Values and mask as Keras multiplies them, from the last axis on: a last axis of size 1 that one has more than the other is left
 * out.
 *
 * @param grows As in Keras 2, where a mask of one axis less holds for the whole last axis of the values.
 * @throws Error if the two do not fit, as Keras does.
 */
function alignMask(values: Tensor, mask: Tensor, grows: boolean): [Tensor, Tensor] {
  const counts = cast(mask, 'float32');
  const extra = values.rank - mask.rank;
  const isLonger = (x: Tensor, by: number) => by === 1 && x.shape[x.rank - 1] === 1;
  if (isLonger(values, extra)) {
    return mask.rank === 1 || grows ? [values, expandDims(counts, -1)] : [squeeze(values, [-1]), counts];
  }
  if (isLonger(mask, -extra)) {
    return values.rank === 1 ? [expandDims(values, -1), counts] : [values, squeeze(counts, [-1])];
  }
  return [values, grows && extra === 1 ? expandDims(counts, -1) : counts];
}

/** The mean of what counts, in which a position that counts weighs as much as all positions over those that count. */
function meanOfCounted(values: Tensor, counts: Tensor): Scalar {
  // Without a position that counts the loss is 0, as Keras's.
  if (`${values.shape}` === `${counts.shape}`) return div(sum(mul(values, counts)), maximum(sum(counts), 1)) as Scalar;
  return div(mul(mean(mul(values, counts)), counts.size), maximum(sum(counts), 1)) as Scalar;
}

/** The sum of the losses of all outputs that have one, each times its weight. */
export function totalLoss(losses: readonly (Scalar | null)[], weights: readonly number[]): Scalar {
  const parts = losses.flatMap((loss, i) =>
    loss ? [weights[i] === 1 ? loss : (mul(loss, weights[i]) as Scalar)] : [],
  );
  return parts.reduce((a, b) => add(a, b));
}
