// Means and sums over samples. Source: https://keras.io/api/metrics/reduction_metrics/

import { divNoNan, mul, scalar, sqrt, squaredDifference, sum, type Tensor } from '@tensorflow/tfjs-core';
import type { Json, JsonObject } from '../../core/json.js';
import { maskOf } from '../base/masks.js';
import type { Params } from '../serialization/params.js';
import { Metric, type MetricArgs, type MetricData, type Totals, toTensor, weightOf } from './metric.js';
import { asFloat, maskedWeight, samplewise, toSameRank } from './samplewise.js';

/** What values and their weights add to a mean. */
export function countMean(given: Tensor, sampleWeight: Tensor | null): Readonly<Record<string, Tensor>> {
  // The loss of a batch: each kernel counts in the step of a small network.
  if (given.rank === 0 && (sampleWeight?.rank ?? 0) === 0 && !maskOf(given)) {
    const value = asFloat(given);
    if (!sampleWeight) return { total: value, count: scalar(1) };
    const weight = asFloat(sampleWeight);
    return { total: mul(value, weight), count: weight };
  }
  const [values, weight] = samplewise(given, sampleWeight);
  const count = weight ? sum(weight) : scalar(values.rank > 0 ? values.shape[0] : 1);
  return { total: sum(values), count };
}

/** total / count; 0 where nothing has been counted. */
export function computeMean(total: Totals): Tensor {
  return divNoNan(total('total'), total('count'));
}

/**
 * The weighted mean of values: `updateState(values, sampleWeight)`.
 * Source: https://keras.io/api/metrics/reduction_metrics/#mean-class
 */
export class Mean extends Metric {
  static override readonly className: string = 'Mean';

  constructor(args: MetricArgs = {}) {
    super({}, args);
  }

  override updateState(values: MetricData, sampleWeight?: MetricData | null): void {
    this.addUp(() => countMean(toTensor(values), weightOf(sampleWeight)));
  }
  protected override count(values: Tensor): Readonly<Record<string, Tensor>> {
    return countMean(values, null);
  }
  protected override compute(total: Totals): Tensor {
    return computeMean(total);
  }
}

/**
 * The weighted sum of values: `updateState(values, sampleWeight)`.
 * Source: https://keras.io/api/metrics/reduction_metrics/#sum-class
 */
export class Sum extends Metric {
  static override readonly className: string = 'Sum';

  constructor(args: MetricArgs = {}) {
    super({}, args);
  }

  override updateState(values: MetricData, sampleWeight?: MetricData | null): void {
    this.addUp(() => this.count(toTensor(values), weightOf(sampleWeight)));
  }
  protected override count(values: Tensor, sampleWeight: Tensor | null): Readonly<Record<string, Tensor>> {
    return { total: sumOfSamples(values, sampleWeight) };
  }
  protected override compute(total: Totals): Tensor {
    return total('total');
  }
}

/** The sum of all values times their weights. */
function sumOfSamples(given: Tensor, sampleWeight: Tensor | null): Tensor {
  if (sampleWeight === null) return sum(asFloat(given));
  const [values, weight] = toSameRank(asFloat(given), asFloat(sampleWeight));
  const extra = Array.from({ length: Math.max(0, values.rank - weight.rank) }, (_, i) => weight.rank + i);
  return sum(mul(extra.length > 0 ? sum(values, extra) : values, weight));
}

/** Targets, predictions -> a value for each sample. */
type Compare = (yTrue: Tensor, yPred: Tensor) => Tensor;

/** The arguments of MeanMetricWrapper. */
export interface MeanMetricWrapperArgs extends MetricArgs {
  /** A function of targets and predictions that gives a value for each sample. */
  readonly fn: Compare;
}

/**
 * The mean over samples of a function of targets and predictions. Positions that the mask of the predictions hides do not
 * count.
 * Source: https://keras.io/api/metrics/reduction_metrics/#meanmetricwrapper-class
 */
export class MeanMetricWrapper<P extends Params = Params> extends Metric<P> {
  static override readonly className: string = 'MeanMetricWrapper';
  readonly #compare: Compare;

  constructor({ fn, ...args }: MeanMetricWrapperArgs, params: P = {} as P, defaultName?: string) {
    super(params, args, defaultName ?? (new.target.className === 'MeanMetricWrapper' ? fn.name : undefined));
    this.#compare = fn;
  }

  /** The function. */
  get fn(): Compare {
    return this.#compare;
  }

  /** A value for each sample. */
  protected compare(yTrue: Tensor, yPred: Tensor): Tensor {
    return this.#compare(yTrue, yPred);
  }
  protected override count(yTrue: Tensor, yPred: Tensor, sampleWeight: Tensor | null) {
    return countMean(this.compare(yTrue, yPred), maskedWeight(sampleWeight, maskOf(yPred)));
  }
  protected override compute(total: Totals): Tensor {
    return computeMean(total);
  }
  override getConfig(): JsonObject {
    if (this.className !== 'MeanMetricWrapper') return super.getConfig();
    const { name } = this.#compare;
    const fn: Json = { module: 'builtins', class_name: 'function', config: name, registered_name: 'function' };
    return { ...super.getConfig(), fn };
  }
}

/**
 * The root of the mean of squared differences.
 * Source: https://keras.io/api/metrics/regression_metrics/#rootmeansquarederror-class
 */
export class RootMeanSquaredError extends Metric {
  static override readonly className: string = 'RootMeanSquaredError';

  constructor(args: MetricArgs = {}) {
    super({}, args);
  }

  protected override count(yTrue: Tensor, yPred: Tensor, sampleWeight: Tensor | null) {
    const [y, x] = toSameRank(asFloat(yTrue), asFloat(yPred));
    return countMean(squaredDifference(x, y), sampleWeight);
  }
  protected override compute(total: Totals): Tensor {
    return sqrt(computeMean(total));
  }
}
