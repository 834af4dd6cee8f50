// Counts of true and false positives and negatives over thresholds.
//
// Where the thresholds are evenly spaced, each prediction goes into a bucket and the buckets are summed up, so the work grows
// with the number of predictions and not with that times the thresholds. Source: https://keras.io/api/metrics/classification_metrics/

import {
  add,
  broadcastTo,
  cast,
  ceil,
  clipByValue,
  cumsum,
  expandDims,
  greater,
  mul,
  notEqual,
  oneHot,
  range,
  reshape,
  scalar,
  scatterND,
  slice,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  tensor1d,
  topk,
} from '@tensorflow/tfjs-core';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { Param } from '../serialization/params.js';
import { asFloat, toSameRank } from './samplewise.js';

/** Sums of weights, each [thresholds] or, by label, [thresholds, labels]. */
export interface Confusion {
  readonly truePositives: Tensor;
  readonly falsePositives: Tensor;
  readonly trueNegatives: Tensor;
  readonly falseNegatives: Tensor;
}

export interface ConfusionOptions {
  readonly thresholds: readonly number[];
  readonly sampleWeight: Tensor | null;
  /** Only the best k predictions can be positive. */
  readonly topK?: number | null;
  /** Only this class counts. */
  readonly classId?: number | null;
  /** Whether each label of the last axis is counted by itself. */
  readonly byLabel?: boolean;
  /** A weight for each label of the last axis. */
  readonly labelWeights?: readonly number[] | null;
}

/** What the scores outside of the best k become. */
const LOWEST = -1e10;

/** The threshold that lets all of the best k through. */
export const noThreshold = LOWEST;

/** A number in [0, 1], a list of them, or null. */
export const thresholdsParam: Param<number | readonly number[] | null> = {
  read(given, where, key) {
    if (given == null) return null;
    const list = [given].flat() as unknown[];
    if (list.length > 0 && list.every((one) => typeof one === 'number' && one >= 0 && one <= 1)) {
      return given as number | readonly number[];
    }
    throw new KerasValueError(
      `${where}: Argument \`${key}\` must be a number in [0, 1] or a list of them. Received: ${key}=${showValue(given)}`,
    );
  },
};

/** Whether the thresholds are those of equal steps from 0 to 1, up to rounding. */
function isEven(thresholds: readonly number[]): boolean {
  const last = thresholds.length - 1;
  return last >= 2 && thresholds.every((value, i) => Math.abs(value - i / last) <= 1e-7 + (1e-5 * i) / last);
}

/** Counts a batch. Call it in a tidy. */
export function countConfusion(yTrue: Tensor, yPred: Tensor, options: ConfusionOptions): Confusion {
  const { thresholds, topK = null, classId = null, byLabel = false } = options;
  let [x, y] = toSameRank(asFloat(yPred), asFloat(yTrue));
  const weights = options.sampleWeight && toSameRank(y, expandDims(asFloat(options.sampleWeight), -1), false)[1];
  if (topK !== null) x = onlyBest(x, topK);
  if (classId !== null) [x, y] = [x, y].map((all) => classOf(all, classId));
  let counted: Tensor | null = weights && broadcastTo(weights, x.shape);
  if (options.labelWeights) {
    const byColumn = broadcastTo(tensor1d([...options.labelWeights]), x.shape);
    counted = counted ? mul(counted, byColumn) : byColumn;
  }
  const labels = byLabel ? (x.shape.at(-1) as number) : 1;
  const flat = (given: Tensor) => reshape(given, [-1, labels]);
  const isTrue = flat(asFloat(notEqual(y, 0)));
  const trues = counted ? mul(isTrue, flat(counted)) : isTrue;
  const falses = counted ? mul(sub(1, isTrue), flat(counted)) : sub(1, isTrue);
  const above = isEven(thresholds) ? inBuckets : compared;
  const [truePositives, falsePositives] = above(flat(x), [trues, falses], thresholds);
  const found = {
    truePositives,
    falsePositives,
    trueNegatives: sub(sum(falses, 0, true), falsePositives),
    falseNegatives: sub(sum(trues, 0, true), truePositives),
  };
  if (byLabel) return found;
  const entries = Object.entries(found).map(([key, value]) => [key, reshape(value, [thresholds.length])]);
  return Object.fromEntries(entries) as unknown as Confusion;
}

/** For each threshold the sums of weights [n, labels] whose score x [n, labels] is above it. */
type Above = (x: Tensor, weights: readonly Tensor[], thresholds: readonly number[]) => Tensor[];

const compared: Above = (x, weights, thresholds) => {
  const steps = reshape(tensor1d([...thresholds], 'float32'), [-1, 1, 1]);
  const isAbove = asFloat(greater(expandDims(x, 0), steps)); // [thresholds, n, labels]
  return weights.map((weight) => sum(mul(isAbove, expandDims(weight, 0)), 1));
};

const inBuckets: Above = (x, weights, thresholds) => {
  const [n, labels] = x.shape;
  const last = thresholds.length - 1;
  // A score is above the thresholds 0 ... bucket - 1. One of 0 is above the first one only where that is below 0.
  const highest = ceil(mul(clipByValue(x, 0, 1), last));
  const bucket = cast(clipByValue(highest, thresholds[0] < 0 ? 1 : 0, last + 1), 'int32');
  const column = reshape(range(0, labels, 1, 'int32'), [1, labels]);
  const places = reshape(add(mul(bucket, scalar(labels, 'int32')), column), [n * labels, 1]);
  return weights.map((weight) => {
    const filled = scatterND(places, reshape(weight, [n * labels]), [(last + 2) * labels]);
    const sums = reshape(filled, [last + 2, labels]);
    return cumsum(slice(sums, [1, 0], [last + 1, labels]), 0, false, true);
  });
};

/** Scores outside of the best k of the last axis become LOWEST. */
function onlyBest(x: Tensor, k: number): Tensor {
  const { indices } = topk(x, k);
  const classes = x.shape.at(-1) as number;
  const isBest = sum(
    reshape(asFloat(oneHot(reshape(indices, [-1]) as Tensor1D, classes)), [...indices.shape, classes]),
    -2,
  );
  return add(mul(x, isBest), mul(sub(1, isBest), LOWEST));
}

/** One class of the last axis, which stays. */
function classOf(x: Tensor, classId: number): Tensor {
  const classes = x.shape.at(-1) as number;
  if (x.rank === 1) {
    throw new KerasValueError(
      `When class_id is provided, y_pred must be a 2D array with shape (num_samples, num_classes), found shape: ${showValue(x.shape)}`,
    );
  }
  if (!Number.isInteger(classId) || classId < 0 || classId >= classes) {
    throw new KerasValueError(`\`class_id\` must be one of the ${classes} classes. Received: class_id=${classId}`);
  }
  const begin = x.shape.map((_, axis) => (axis === x.rank - 1 ? classId : 0));
  return slice(x, begin, [...x.shape.slice(0, -1), 1]);
}
