// The F-score of classes: https://keras.io/api/metrics/classification_metrics/#fbetascore-class

import {
  abs,
  add,
  div,
  expandDims,
  greater,
  greaterEqual,
  logicalAnd,
  max,
  mean,
  mul,
  sub,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { JsonObject } from '../../core/json.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { num, numOrNull, textOrNull } from '../serialization/params.js';
import { Metric, type MetricArgs, type Totals } from './metric.js';
import { asFloat } from './samplewise.js';

/** The arguments of F1Score. */
export interface F1ScoreArgs extends MetricArgs {
  /**
   * How the scores of the classes become one. Default null: the result is a vector with the score of each class. 'micro'
   * counts all classes together, 'macro' is the mean, 'weighted' the mean weighted by the number of positives.
   */
  readonly average?: 'micro' | 'macro' | 'weighted' | null;
  /** A prediction above it counts as true, in (0, 1]. Default null: the highest of an example. */
  readonly threshold?: number | null;
}

/** The arguments of FBetaScore. */
export interface FBetaScoreArgs extends F1ScoreArgs {
  /** How much more recall counts than precision. Default 1. */
  readonly beta?: number;
}

const params = { average: textOrNull, beta: num(1), threshold: numOrNull() };
const EPSILON = 1e-7; // Keras's

/**
 * The weighted harmonic mean of precision and recall. Targets and predictions are [batch, classes].
 * Source: https://keras.io/api/metrics/classification_metrics/#fbetascore-class
 */
export class FBetaScore extends Metric<typeof params> {
  static override readonly className: string = 'FBetaScore';

  constructor(args: FBetaScoreArgs = {}, defaultName = 'fbeta_score') {
    super(params, args, defaultName);
    const { average, beta, threshold } = this.values;
    if (average !== null && !['micro', 'macro', 'weighted'].includes(average)) {
      throw new KerasValueError(
        `Invalid \`average\` argument value. Expected one of: None, 'micro', 'macro', 'weighted'. Received: average=${showValue(average)}`,
      );
    }
    if (beta <= 0)
      throw new KerasValueError(`Invalid \`beta\` argument value. It should be > 0. Received: beta=${beta}`);
    if (threshold !== null && (threshold > 1 || threshold <= 0)) {
      throw new KerasValueError(
        `Invalid \`threshold\` argument value. It should verify 0 < threshold <= 1. Received: threshold=${threshold}`,
      );
    }
  }

  protected override count(yTrue: Tensor, yPred: Tensor, sampleWeight: Tensor | null) {
    if (yPred.rank !== 2 || yTrue.rank !== 2) {
      throw new KerasValueError(
        `FBetaScore expects 2D inputs with shape (batch_size, output_dim). Received input shapes: y_pred.shape=${showValue(yPred.shape)} and y_true.shape=${showValue(yTrue.shape)}.`,
      );
    }
    const { average, threshold } = this.values;
    const y = asFloat(yTrue);
    const isTaken =
      threshold === null
        ? logicalAnd(greaterEqual(yPred, max(yPred, -1, true)), greater(abs(yPred), 1e-9))
        : greater(yPred, threshold);
    const x = asFloat(isTaken);
    const weight = sampleWeight && expandDims(asFloat(sampleWeight), 1);
    const ofAll = (value: Tensor) => sum(weight ? mul(value, weight) : value, average === 'micro' ? undefined : 0);
    return {
      truePositives: ofAll(mul(x, y)),
      falsePositives: ofAll(mul(x, sub(1, y))),
      falseNegatives: ofAll(mul(sub(1, x), y)),
      positives: ofAll(y),
    };
  }

  protected override compute(total: Totals): Tensor {
    const { average, beta } = this.values;
    const truePositives = total('truePositives');
    const shareOf = (others: Tensor) => div(truePositives, add(add(truePositives, others), EPSILON));
    const [precision, recall] = [shareOf(total('falsePositives')), shareOf(total('falseNegatives'))];
    const squared = beta * beta;
    const harmonic = div(mul(precision, recall), add(add(mul(precision, squared), recall), EPSILON));
    const score = mul(harmonic, 1 + squared);
    if (average === null) return score;
    if (average !== 'weighted') return mean(score);
    const positives = total('positives');
    return sum(mul(score, div(positives, add(sum(positives), EPSILON))));
  }
}

/**
 * The harmonic mean of precision and recall. Targets and predictions are [batch, classes].
 * Source: https://keras.io/api/metrics/classification_metrics/#f1score-class
 */
export class F1Score extends FBetaScore {
  static override readonly className: string = 'F1Score';

  constructor(args: F1ScoreArgs = {}) {
    super({ ...args, beta: 1 } as FBetaScoreArgs, 'f1_score');
  }

  override getConfig(): JsonObject {
    const { beta: _, ...config } = super.getConfig();
    return config;
  }
}
