// The coefficient of determination: https://keras.io/api/metrics/regression_metrics/#r2score-class

import {
  broadcastTo,
  div,
  expandDims,
  isInf,
  mean,
  mul,
  onesLike,
  scalar,
  square,
  squaredDifference,
  sub,
  sum,
  type Tensor,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { num, type Param } from '../serialization/params.js';
import { Metric, type MetricArgs, type Totals } from './metric.js';
import { asFloat, toSameRank } from './samplewise.js';

/** The arguments of R2Score. */
export interface R2ScoreArgs extends MetricArgs {
  /**
   * How the scores of the outputs become one. Default 'uniform_average', the mean. 'variance_weighted_average' weights them
   * by the variance of the targets; with null the result is a vector.
   */
  readonly classAggregation?: 'uniform_average' | 'variance_weighted_average' | null;
  /** How many independent variables the adjusted score reckons with. Default 0: the standard score. */
  readonly numRegressors?: number;
}

const aggregations: readonly unknown[] = [null, 'uniform_average', 'variance_weighted_average'];

const aggregation: Param<string | null> = {
  read(given, where, key) {
    if (given === undefined) return 'uniform_average';
    if (aggregations.includes(given)) return given as string | null;
    throw new KerasValueError(
      `${where}: Invalid value for argument \`${key}\`. Expected one of ${showValue(aggregations)}. Received: ${key}=${showValue(given)}`,
    );
  },
};

const params = { class_aggregation: aggregation, num_regressors: num(0) };

/**
 * 1 - sum((y - x)^2) / sum((y - mean(y))^2). Targets and predictions are [batch, outputs].
 * Source: https://keras.io/api/metrics/regression_metrics/#r2score-class
 */
export class R2Score extends Metric<typeof params> {
  static override readonly className: string = 'R2Score';

  constructor(args: R2ScoreArgs = {}) {
    super(params, args, 'r2_score');
    const { num_regressors: count } = this.values;
    if (count < 0) {
      throw new KerasValueError(
        `Invalid value for argument \`num_regressors\`. Expected a value >= 0. Received: num_regressors=${count}`,
      );
    }
  }

  protected override count(yTrue: Tensor, yPred: Tensor, sampleWeight: Tensor | null) {
    const [y, x] = toSameRank(asFloat(yTrue), asFloat(yPred));
    if (x.rank !== 2 || y.rank !== 2) {
      throw new KerasValueError(
        `R2Score expects 2D inputs with shape (batch_size, output_dim). Received input shapes: y_pred.shape=${showValue(x.shape)} and y_true.shape=${showValue(y.shape)}.`,
      );
    }
    const given = sampleWeight ? asFloat(sampleWeight) : onesLike(y);
    const weight = broadcastTo(given.rank === 1 ? expandDims(given, 1) : given, y.shape);
    return {
      sum: sum(mul(y, weight), 0),
      squaredSum: sum(mul(square(y), weight), 0),
      residual: sum(mul(squaredDifference(y, x), weight), 0),
      count: sum(weight, 0),
      numSamples: scalar(y.size),
    };
  }

  protected override compute(total: Totals): Tensor {
    const sums = total('sum');
    const spread = sub(total('squaredSum'), mul(sums, div(sums, total('count'))));
    const raw = sub(1, div(total('residual'), spread));
    const scores = where(isInf(raw), zerosLike(raw), raw);
    const { class_aggregation, num_regressors: regressors } = this.values;
    if (class_aggregation === null) return this.#adjusted(scores, total, regressors);
    const score = class_aggregation === 'uniform_average' ? mean(scores) : div(sum(mul(spread, scores)), sum(spread));
    return this.#adjusted(score, total, regressors);
  }

  #adjusted(score: Tensor, total: Totals, regressors: number): Tensor {
    if (regressors === 0) return score;
    const [samples] = total('numSamples').dataSync();
    if (regressors >= samples - 1) {
      console.warn(
        `R2Score: the adjusted score needs more examples than num_regressors + 1, so this is the standard one; received num_regressors=${regressors}, ${samples} examples`,
      );
      return score;
    }
    return sub(1, mul(sub(1, score), (samples - 1) / (samples - regressors - 1)));
  }
}
