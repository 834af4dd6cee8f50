// Correlations of targets and predictions: https://keras.io/api/metrics/regression_metrics/

import { add, div, mean, mul, sqrt, square, sub, type Tensor } from '@tensorflow/tfjs-core';
import { axis } from '../serialization/params.js';
import { MeanMetricWrapper } from './means.js';
import type { MetricArgs } from './metric.js';
import { asFloat, toSameRank } from './samplewise.js';

type Axes = number | readonly number[];

/** The arguments of the correlations. */
export interface CorrelationArgs extends MetricArgs {
  /** The axis or axes along which values belong together. Default the last. */
  readonly axis?: Axes;
}

const params = { axis: axis(-1) };
const EPSILON = 1e-7; // Keras's

const meanAlong = (x: Tensor, along: Axes) => mean(x, along as number, true);
const varianceAlong = (x: Tensor, along: Axes) => meanAlong(square(sub(x, meanAlong(x, along))), along);

abstract class Correlation extends MeanMetricWrapper<typeof params> {
  constructor(args: CorrelationArgs = {}) {
    super({ ...args, fn: (y) => y }, params);
  }
}

/**
 * Pearson's coefficient, from -1 to 1.
 * Source: https://keras.io/api/metrics/regression_metrics/#pearsoncorrelation-class
 */
export class PearsonCorrelation extends Correlation {
  static override readonly className: string = 'PearsonCorrelation';

  protected override compare(yTrue: Tensor, yPred: Tensor): Tensor {
    const along = this.values.axis;
    const [y, x] = toSameRank(asFloat(yTrue), asFloat(yPred)).map((given) => {
      const centred = sub(given, meanAlong(given, along));
      return div(centred, sqrt(varianceAlong(centred, along)));
    });
    return mean(mul(y, x), along as number);
  }
}

/**
 * The concordance coefficient, from -1 to 1, by Keras's formula: the deviation of targets is that from the mean of the
 * predictions.
 * Source: https://keras.io/api/metrics/regression_metrics/#concordancecorrelation-class
 */
export class ConcordanceCorrelation extends Correlation {
  static override readonly className: string = 'ConcordanceCorrelation';

  protected override compare(yTrue: Tensor, yPred: Tensor): Tensor {
    const along = this.values.axis;
    const [y, x] = toSameRank(asFloat(yTrue), asFloat(yPred));
    const [yMean, xMean] = [meanAlong(y, along), meanAlong(x, along)];
    const covariance = mul(sub(y, xMean), sub(x, xMean));
    const norm = add(add(varianceAlong(y, along), varianceAlong(x, along)), square(sub(yMean, xMean)));
    return mean(div(mul(covariance, 2), add(norm, EPSILON)), along as number);
  }
}
