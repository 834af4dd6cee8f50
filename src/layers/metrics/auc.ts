// The area under a curve of a classifier: https://keras.io/api/metrics/classification_metrics/#auc-class

import {
  add,
  div,
  divNoNan,
  equal,
  greater,
  log,
  logicalAnd,
  maximum,
  mean,
  minimum,
  mul,
  onesLike,
  sigmoid,
  slice,
  sub,
  sum,
  type Tensor,
  tensor1d,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { isKerasObject, type Json, type JsonObject, kerasObject } from '../../core/json.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { flag, num, numOrNull, oneOf, type Param } from '../serialization/params.js';
import { type Confusion, countConfusion } from './confusion.js';
import { Metric, type MetricArgs, type Totals } from './metric.js';

/** The arguments of AUC. */
export interface AUCArgs extends MetricArgs {
  /** How many thresholds approximate the curve. Default 200. */
  readonly numThresholds?: number;
  /** Default 'ROC': true positive rate over false positive rate. 'PR' is precision over recall, 'PRGAIN' their gains. */
  readonly curve?: 'ROC' | 'PR' | 'PRGAIN';
  /** How the area between two thresholds is taken. Default 'interpolation'. */
  readonly summationMethod?: 'interpolation' | 'minoring' | 'majoring';
  /** Thresholds in [0, 1]; `numThresholds` is then ignored. */
  readonly thresholds?: readonly number[] | null;
  /** Whether each label has an area of its own, of which the result is the mean. Default false. */
  readonly multiLabel?: boolean;
  /** The number of labels. Default: that of the first batch. */
  readonly numLabels?: number | null;
  /** A weight for each label. */
  readonly labelWeights?: readonly number[] | null;
  /** Whether predictions are logits, which become probabilities here. Default false. */
  readonly fromLogits?: boolean;
}

/** Numbers, or null. */
function listOrNull(rule: string, isAllowed: (value: number) => boolean): Param<readonly number[] | null> {
  return {
    read(given, where, key) {
      if (given == null) return null;
      if (isKerasObject(given)) return this.read((given.config as JsonObject).value, where, key);
      if (Array.isArray(given) && given.every((one) => typeof one === 'number' && isAllowed(one))) return given;
      throw new KerasValueError(
        `${where}: Argument \`${key}\` must be a list of ${rule}. Received: ${key}=${showValue(given)}`,
      );
    },
  };
}

const params = {
  num_thresholds: num(200),
  curve: oneOf(['ROC', 'PR', 'PRGAIN', 'roc', 'pr', 'prgain'], 'ROC'),
  summation_method: oneOf(
    ['interpolation', 'minoring', 'majoring', 'Interpolation', 'Minoring', 'Majoring'],
    'interpolation',
  ),
  thresholds: listOrNull('numbers in [0, 1]', (value) => value >= 0 && value <= 1),
  multi_label: flag(false),
  num_labels: numOrNull(),
  label_weights: listOrNull('numbers from 0 up', (value) => value >= 0),
  from_logits: flag(false),
};

const EPSILON = 1e-7;

/**
 * The area under the ROC or precision-recall curve, from counts at fixed thresholds.
 * Source: https://keras.io/api/metrics/classification_metrics/#auc-class
 */
export class AUC extends Metric<typeof params> {
  static override readonly className: string = 'AUC';

  constructor(args: AUCArgs = {}) {
    super(params, args);
    const { num_thresholds: count, multi_label, num_labels } = this.values;
    if (!Number.isInteger(count) || count <= 1) {
      throw new KerasValueError(
        `Argument \`num_thresholds\` must be an integer > 1. Received: num_thresholds=${count}`,
      );
    }
    if (num_labels && !multi_label) {
      throw new KerasValueError(
        `\`num_labels\` is needed only when \`multi_label\` is True. Received: num_labels=${num_labels}`,
      );
    }
  }

  get curve(): string {
    return this.values.curve.toUpperCase();
  }
  get summationMethod(): string {
    return this.values.summation_method.toLowerCase();
  }
  get thresholds(): number[] {
    const { thresholds, num_thresholds: count } = this.values;
    const inner = thresholds
      ? [...thresholds].sort((a, b) => a - b)
      : Array.from({ length: count - 2 }, (_, i) => (i + 1) / (count - 1));
    return [-EPSILON, ...inner, 1 + EPSILON];
  }

  protected override count(yTrue: Tensor, yPred: Tensor, sampleWeight: Tensor | null) {
    const { multi_label: byLabel, label_weights, from_logits, num_labels } = this.values;
    if (byLabel && (yPred.rank !== 2 || (num_labels && yPred.shape[1] !== num_labels))) {
      throw new KerasValueError(
        `\`y_pred\` must have rank 2 when \`multi_label=True\`${num_labels ? ` and ${num_labels} labels` : ''}. Found rank ${yPred.rank}. Full shape received for \`y_pred\`: ${showValue(yPred.shape)}`,
      );
    }
    const labelWeights = byLabel ? null : label_weights;
    const { thresholds } = this;
    const options = { thresholds, sampleWeight, byLabel, labelWeights };
    return { ...countConfusion(yTrue, from_logits ? sigmoid(yPred) : yPred, options) };
  }

  protected override compute(total: Totals): Tensor {
    const shape = [this.thresholds.length];
    const found = (key: keyof Confusion) => total(key, shape);
    const sums: Confusion = {
      truePositives: found('truePositives'),
      falsePositives: found('falsePositives'),
      trueNegatives: found('trueNegatives'),
      falseNegatives: found('falseNegatives'),
    };
    const { curve, summationMethod } = this;
    if (curve === 'PR' && summationMethod === 'interpolation') return this.#ofLabels(interpolatedAreas(sums));
    const [x, y] = curve === 'ROC' ? ofRates(sums) : curve === 'PR' ? ofPrecision(sums) : ofGains(sums);
    const [higher, lower] = neighbours(y);
    const height =
      summationMethod === 'interpolation'
        ? div(add(higher, lower), 2)
        : (summationMethod === 'minoring' ? minimum : maximum)(higher, lower);
    const [right, left] = neighbours(x);
    return this.#ofLabels(mul(sub(right, left), height));
  }

  /** The sum over the thresholds, and the mean over the labels where they are apart. */
  #ofLabels(areas: Tensor): Tensor {
    if (!this.values.multi_label) return sum(areas);
    const byLabel = sum(areas, 0);
    const { label_weights: given } = this.values;
    if (!given) return mean(byLabel);
    const weights = tensor1d([...given]);
    return divNoNan(sum(mul(byLabel, weights)), sum(weights));
  }

  override getConfig(): JsonObject {
    const { thresholds, label_weights: weights, ...config } = super.getConfig();
    const { curve, summationMethod: summation_method } = this;
    // Keras keeps the weights as a tensor.
    const label_weights = weights && { class_name: '__tensor__', config: { dtype: 'float32', value: weights } };
    const all = { ...config, label_weights, curve, summation_method, num_thresholds: this.thresholds.length };
    return thresholds === null ? all : { ...all, thresholds: this.thresholds.slice(1, -1) };
  }

  /** With the weights of labels as a list: Keras cannot read the tensor that it writes itself. */
  override serialize(): Json {
    return kerasObject('keras.metrics', this.className, {
      ...this.getConfig(),
      label_weights: this.values.label_weights,
    });
  }
}

/** The values at all thresholds but the last, and at all but the first. */
function neighbours(x: Tensor): [Tensor, Tensor] {
  const [count, ...others] = x.shape;
  const zeros = others.map(() => 0);
  const part = (begin: number) => slice(x, [begin, ...zeros], [count - 1, ...others]);
  return [part(0), part(1)];
}

type Curve = (sums: Confusion) => [x: Tensor, y: Tensor];

const recallOf = ({ truePositives: tp, falseNegatives: fn }: Confusion) => divNoNan(tp, add(tp, fn));

const ofRates: Curve = (sums) => {
  const { falsePositives: fp, trueNegatives: tn } = sums;
  return [divNoNan(fp, add(fp, tn)), recallOf(sums)];
};

const ofPrecision: Curve = (sums) => {
  const { truePositives: tp, falsePositives: fp } = sums;
  return [recallOf(sums), divNoNan(tp, add(tp, fp))];
};

/** The gains of Flach and Kull, "Precision-Recall-Gain Curves" (2015). */
const ofGains: Curve = ({ truePositives: tp, falsePositives: fp, trueNegatives: tn, falseNegatives: fn }) => {
  const scale = divNoNan(add(tp, fn), add(tn, fp));
  const gain = (others: Tensor) => sub(1, mul(scale, divNoNan(others, tp)));
  const isEmpty = equal(tp, 0);
  const recall = maximum(where(isEmpty, zerosLike(tp), gain(fn)), 0);
  return [recall, where(isEmpty, onesLike(tp), gain(fp))];
};

/**
 * The areas under precision over recall where true positives and predicted positives are linear between thresholds: Davis
 * and Goadrich, "The relationship between precision-recall and ROC curves" (2006).
 */
function interpolatedAreas({ truePositives, falsePositives, falseNegatives }: Confusion): Tensor {
  const [tpA, tpB] = neighbours(truePositives);
  const [pA, pB] = neighbours(add(truePositives, falsePositives));
  const dtp = sub(tpA, tpB);
  const slope = divNoNan(dtp, maximum(sub(pA, pB), 0));
  const intercept = sub(tpB, mul(slope, pB));
  const isCounted = logicalAnd(greater(pA, 0), greater(pB, 0));
  const ratio = where(isCounted, divNoNan(pA, maximum(pB, 0)), onesLike(pB));
  const [, fnB] = neighbours(falseNegatives);
  return divNoNan(mul(slope, add(dtp, mul(intercept, log(ratio)))), maximum(add(tpB, fnB), 0));
}
