// The metrics that are means of accuracies or losses: https://keras.io/api/metrics/

import { any, cast, equal, expandDims, slice, type Tensor } from '@tensorflow/tfjs-core';
import type { JsonObject } from '../../core/json.js';
import { getLoss } from '../losses/losses.js';
import { metricFunction } from '../losses/metrics.js';
import { flag, num, numOrNull, type Params, type Values } from '../serialization/params.js';
import { MeanMetricWrapper } from './means.js';
import type { MetricArgs } from './metric.js';
import { asFloat } from './samplewise.js';

type Compare = (yTrue: Tensor, yPred: Tensor) => Tensor;

/** The class of a metric that is a mean. `A` has its arguments beside those of all metrics. */
export type MeanMetricClass<A extends object = object> = new (args?: MetricArgs & A) => MeanMetricWrapper;

interface Definition<P extends Params> {
  readonly params: P;
  readonly compare: (values: Values<P>) => Compare;
  /** Default: the class's name in snake_case. */
  readonly name?: string;
  /** Arguments that Keras leaves out of the config. */
  readonly unwritten?: (config: JsonObject) => JsonObject;
}

function define<A extends object, P extends Params = Params>(
  className: string,
  { params, compare, name, unwritten = (config) => config }: Definition<P>,
): MeanMetricClass<A> {
  return class extends MeanMetricWrapper<P> {
    static override readonly className: string = className;

    constructor(args: MetricArgs & A = {} as A) {
      super({ ...args, fn: (y) => y }, params, name);
    }
    protected override compare(yTrue: Tensor, yPred: Tensor): Tensor {
      return compare(this.values)(yTrue, yPred);
    }
    override getConfig(): JsonObject {
      return unwritten(super.getConfig());
    }
  } as unknown as MeanMetricClass<A>;
}

/** The mean of a loss of the same name. */
function ofLoss<A extends object = object>(className: string, params: Params = {}, name?: string): MeanMetricClass<A> {
  const compare = (values: Values<Params>) => {
    const loss = getLoss(className, values);
    return loss.asMetric ?? loss;
  };
  return define(className, { params, name, compare });
}

/** The mean of an accuracy. */
function ofTable<A extends object = object>(className: string, params: Params = {}): MeanMetricClass<A> {
  return define(className, { params, compare: (values) => metricFunction(className, values) });
}

/** How often predictions equal targets. Source: https://keras.io/api/metrics/accuracy_metrics/#accuracy-class */
export const Accuracy = ofTable('Accuracy');

/**
 * How often predictions are on the side of the threshold where the targets are.
 * Source: https://keras.io/api/metrics/accuracy_metrics/#binaryaccuracy-class
 */
export const BinaryAccuracy = ofTable<{
  /** Predictions above it are 1. Default 0.5. */
  readonly threshold?: number;
}>('BinaryAccuracy', { threshold: num(0.5) });

/**
 * How often the highest score is that of the target, which has a value for each class.
 * Source: https://keras.io/api/metrics/accuracy_metrics/#categoricalaccuracy-class
 */
export const CategoricalAccuracy = ofTable('CategoricalAccuracy');

/**
 * How often the highest score is that of the target, which is the number of a class.
 * Source: https://keras.io/api/metrics/accuracy_metrics/#sparsecategoricalaccuracy-class
 */
export const SparseCategoricalAccuracy = ofTable('SparseCategoricalAccuracy');

/** The arguments of top-k accuracies. */
export interface TopKArgs {
  /** How many of the highest scores count. Default 5. */
  readonly k?: number;
}

/**
 * How often the target, which has a value for each class, is among the k highest scores.
 * Source: https://keras.io/api/metrics/accuracy_metrics/#topkcategoricalaccuracy-class
 */
export const TopKCategoricalAccuracy = ofTable<TopKArgs>('TopKCategoricalAccuracy', { k: num(5) });

/** Whether the label is among the first k of predictions that are numbers of classes, best first. */
function amongFirst(labels: Tensor, ids: Tensor, k: number): Tensor {
  const first = slice(cast(ids, 'int32'), [0, 0], [-1, Math.min(k, ids.shape[1] as number)]);
  const own = labels.rank === 2 ? labels : expandDims(labels, -1);
  return asFloat(any(equal(first, cast(own, 'int32')), -1));
}

/**
 * How often the target, which is the number of a class, is among the k highest scores.
 * Source: https://keras.io/api/metrics/accuracy_metrics/#sparsetopkcategoricalaccuracy-class
 */
export const SparseTopKCategoricalAccuracy = define<
  TopKArgs & {
    /** Whether predictions are numbers of classes, best first, and not scores. Default false. */
    readonly fromSortedIds?: boolean;
  },
  { k: ReturnType<typeof num>; from_sorted_ids: ReturnType<typeof flag> }
>('SparseTopKCategoricalAccuracy', {
  params: { k: num(5), from_sorted_ids: flag(false) },
  compare: ({ k, from_sorted_ids }) => {
    if (from_sorted_ids) return (y, x) => amongFirst(y, x, k);
    return metricFunction('SparseTopKCategoricalAccuracy', { k });
  },
  unwritten: ({ from_sorted_ids, ...config }) => (from_sorted_ids ? { ...config, from_sorted_ids } : config),
});

/** The arguments of crossentropies. */
export interface CrossentropyArgs {
  /** Whether predictions are logits. Default false: probabilities. */
  readonly fromLogits?: boolean;
  /** How far targets move towards equal ones, 0 to 1. Default 0. */
  readonly labelSmoothing?: number;
}

const crossentropy = { from_logits: flag(false), label_smoothing: num(0) };

/** The mean of the loss. Source: https://keras.io/api/metrics/probabilistic_metrics/#binarycrossentropy-class */
export const BinaryCrossentropy = ofLoss<CrossentropyArgs>('BinaryCrossentropy', crossentropy);

/** The mean of the loss. Source: https://keras.io/api/metrics/probabilistic_metrics/#categoricalcrossentropy-class */
export const CategoricalCrossentropy = ofLoss<
  CrossentropyArgs & {
    /** The axis of the classes. Default the last. */
    readonly axis?: number;
  }
>('CategoricalCrossentropy', { ...crossentropy, axis: num(-1) });

/** The mean of the loss. Source: https://keras.io/api/metrics/probabilistic_metrics/#sparsecategoricalcrossentropy-class */
export const SparseCategoricalCrossentropy = ofLoss<{
  /** Whether predictions are logits. Default false: probabilities. */
  readonly fromLogits?: boolean;
  /** A class of the targets that does not count. Default: none. */
  readonly ignoreClass?: number | null;
  /** The axis of the classes. Default the last. */
  readonly axis?: number;
}>('SparseCategoricalCrossentropy', { from_logits: flag(false), ignore_class: numOrNull(), axis: num(-1) });

/** The mean of the loss. Source: https://keras.io/api/metrics/probabilistic_metrics/#kldivergence-class */
export const KLDivergence = ofLoss('KLDivergence', {}, 'kl_divergence');

/** The mean of the loss. Source: https://keras.io/api/metrics/probabilistic_metrics/#poisson-class */
export const Poisson = ofLoss('Poisson');

/** The mean of the loss. Source: https://keras.io/api/metrics/hinge_metrics/#hinge-class */
export const Hinge = ofLoss('Hinge');

/** The mean of the loss. Source: https://keras.io/api/metrics/hinge_metrics/#squaredhinge-class */
export const SquaredHinge = ofLoss('SquaredHinge');

/** The mean of the loss. Source: https://keras.io/api/metrics/hinge_metrics/#categoricalhinge-class */
export const CategoricalHinge = ofLoss('CategoricalHinge');

/** The mean of the loss. Source: https://keras.io/api/metrics/regression_metrics/#meansquarederror-class */
export const MeanSquaredError = ofLoss('MeanSquaredError');

/** The mean of the loss. Source: https://keras.io/api/metrics/regression_metrics/#meanabsoluteerror-class */
export const MeanAbsoluteError = ofLoss('MeanAbsoluteError');

/** The mean of the loss. Source: https://keras.io/api/metrics/regression_metrics/#meanabsolutepercentageerror-class */
export const MeanAbsolutePercentageError = ofLoss('MeanAbsolutePercentageError');

/** The mean of the loss. Source: https://keras.io/api/metrics/regression_metrics/#meansquaredlogarithmicerror-class */
export const MeanSquaredLogarithmicError = ofLoss('MeanSquaredLogarithmicError');

/** The mean of the loss LogCosh. Source: https://keras.io/api/metrics/regression_metrics/#logcosherror-class */
export const LogCoshError = define('LogCoshError', {
  params: {},
  name: 'logcosh',
  compare: () => metricFunction('LogCoshError', {}),
});

/**
 * The mean cosine of the angle between targets and predictions. Keras leaves the axis out of the config.
 * Source: https://keras.io/api/metrics/regression_metrics/#cosinesimilarity-class
 */
export const CosineSimilarity = define<
  {
    /** The axis of the vectors. Default the last. */
    readonly axis?: number;
  },
  { axis: ReturnType<typeof num> }
>('CosineSimilarity', {
  params: { axis: num(-1) },
  compare: ({ axis }) => metricFunction('CosineSimilarity', { axis }),
  unwritten: ({ axis: _, ...config }) => config,
});
