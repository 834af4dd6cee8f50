// The four counts of a confusion matrix, and precision and recall.
// Source: https://keras.io/api/metrics/classification_metrics/

import { add, divNoNan, gather, type Tensor } from '@tensorflow/tfjs-core';
import { numOrNull } from '../serialization/params.js';
import { type Confusion, countConfusion, noThreshold, thresholdsParam } from './confusion.js';
import { Metric, type MetricArgs, type Totals } from './metric.js';

/** The arguments of the counts. */
export interface CountArgs extends MetricArgs {
  /** A prediction above it counts as true. Default 0.5. With several the result is a vector. */
  readonly thresholds?: number | readonly number[] | null;
}

const countParams = { thresholds: thresholdsParam };

abstract class Count extends Metric<typeof countParams> {
  protected abstract readonly which: keyof Confusion;

  constructor(args: CountArgs = {}) {
    super(countParams, args);
  }

  get thresholds(): number[] {
    return [this.values.thresholds ?? 0.5].flat() as number[];
  }
  protected override count(yTrue: Tensor, yPred: Tensor, sampleWeight: Tensor | null) {
    const { thresholds } = this;
    return { accumulator: countConfusion(yTrue, yPred, { thresholds, sampleWeight })[this.which] };
  }
  protected override compute(total: Totals): Tensor {
    return oneOrAll(total('accumulator', [this.thresholds.length]));
  }
}

/** A scalar where there is one threshold. */
function oneOrAll(values: Tensor): Tensor {
  return values.size === 1 ? gather(values, 0) : values;
}

/** How many negatives are taken for positives. Source: https://keras.io/api/metrics/classification_metrics/#falsepositives-class */
export class FalsePositives extends Count {
  static override readonly className: string = 'FalsePositives';
  protected override readonly which = 'falsePositives';
}

/** How many positives are taken for negatives. Source: https://keras.io/api/metrics/classification_metrics/#falsenegatives-class */
export class FalseNegatives extends Count {
  static override readonly className: string = 'FalseNegatives';
  protected override readonly which = 'falseNegatives';
}

/** How many negatives are known as such. Source: https://keras.io/api/metrics/classification_metrics/#truenegatives-class */
export class TrueNegatives extends Count {
  static override readonly className: string = 'TrueNegatives';
  protected override readonly which = 'trueNegatives';
}

/** How many positives are known as such. Source: https://keras.io/api/metrics/classification_metrics/#truepositives-class */
export class TruePositives extends Count {
  static override readonly className: string = 'TruePositives';
  protected override readonly which = 'truePositives';
}

/** The arguments of Precision and Recall. */
export interface PrecisionArgs extends MetricArgs {
  /** A prediction above it counts as true. Default 0.5, and with `topK` none. With several the result is a vector. */
  readonly thresholds?: number | readonly number[] | null;
  /** Only the best k predictions of an example count as true. Default: all. */
  readonly topK?: number | null;
  /** Only this class of the last axis counts. Default: all. */
  readonly classId?: number | null;
}

const ratioParams = { thresholds: thresholdsParam, top_k: numOrNull(), class_id: numOrNull() };

abstract class Ratio extends Metric<typeof ratioParams> {
  /** What stands beside the true positives in the denominator. */
  protected abstract readonly others: 'falsePositives' | 'falseNegatives';

  constructor(args: PrecisionArgs = {}) {
    super(ratioParams, args);
  }

  get thresholds(): number[] {
    const { thresholds, top_k } = this.values;
    return [thresholds ?? (top_k === null ? 0.5 : noThreshold)].flat() as number[];
  }
  protected override count(yTrue: Tensor, yPred: Tensor, sampleWeight: Tensor | null) {
    const { thresholds } = this;
    const { top_k: topK, class_id: classId } = this.values;
    const found = countConfusion(yTrue, yPred, { thresholds, sampleWeight, topK, classId });
    return { truePositives: found.truePositives, others: found[this.others] };
  }
  protected override compute(total: Totals): Tensor {
    const shape = [this.thresholds.length];
    const positives = total('truePositives', shape);
    return oneOrAll(divNoNan(positives, add(positives, total('others', shape))));
  }
}

/**
 * Which share of those that are taken for positives is positive.
 * Source: https://keras.io/api/metrics/classification_metrics/#precision-class
 */
export class Precision extends Ratio {
  static override readonly className: string = 'Precision';
  protected override readonly others = 'falsePositives';
}

/**
 * Which share of the positives is known as such.
 * Source: https://keras.io/api/metrics/classification_metrics/#recall-class
 */
export class Recall extends Ratio {
  static override readonly className: string = 'Recall';
  protected override readonly others = 'falseNegatives';
}
