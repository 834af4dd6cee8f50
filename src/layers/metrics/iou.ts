// Intersection over union of classes: https://keras.io/api/metrics/segmentation_metrics/

import {
  add,
  argMax,
  broadcastTo,
  cast,
  div,
  gather,
  greater,
  greaterEqual,
  less,
  logicalAnd,
  mul,
  notEqual,
  reshape,
  scalar,
  scatterND,
  sub,
  sum,
  type Tensor,
  tensor1d,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { JsonObject } from '../../core/json.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { flag, num, numOrNull, type Param } from '../serialization/params.js';
import { Metric, type MetricArgs, type Totals } from './metric.js';
import { asFloat } from './samplewise.js';

/** The arguments that all classes share which count more than two classes. */
export interface MeanIoUArgs extends MetricArgs {
  /** How many classes there are. */
  readonly numClasses: number;
  /** A class of the targets that does not count. Default: none. */
  readonly ignoreClass?: number | null;
  /** Whether targets are numbers of classes. Default true; false: there is a value for each class. */
  readonly sparseYTrue?: boolean;
  /** Whether predictions are numbers of classes. Default true; false: there is a score for each class. */
  readonly sparseYPred?: boolean;
  /** The axis of the classes. Default the last. */
  readonly axis?: number;
}

/** The arguments of IoU. */
export interface IoUArgs extends MeanIoUArgs {
  /** The classes whose mean is told. */
  readonly targetClassIds: readonly number[];
}

/** A whole number from 1 up, which must be there. */
const classes: Param<number> = {
  read(given, where, key) {
    if (Number.isInteger(given) && (given as number) > 0) return given as number;
    throw new KerasValueError(`${where}: Argument \`${key}\` must be an integer > 0. Received: ${key}=${given}`);
  },
};

const ids: Param<readonly number[]> = {
  read(given, where, key) {
    if (Array.isArray(given) && given.length > 0 && given.every(Number.isInteger)) return given;
    throw new KerasValueError(
      `${where}: Argument \`${key}\` must be a list of integers. Received: ${key}=${showValue(given)}`,
    );
  },
};

const params = {
  num_classes: classes,
  target_class_ids: ids,
  ignore_class: numOrNull(),
  sparse_y_true: flag(true),
  sparse_y_pred: flag(true),
  axis: num(-1),
};
const EPSILON = 1e-7; // Keras's

/**
 * The mean intersection over union of some classes. Sample weights become integers unless `dtype` is 'float32', as in
 * Keras.
 * Source: https://keras.io/api/metrics/segmentation_metrics/#iou-class
 */
export class IoU extends Metric<typeof params> {
  static override readonly className: string = 'IoU';

  constructor(args: IoUArgs) {
    super(params, args, undefined, 'int32');
    const { target_class_ids: wanted, num_classes: count } = this.values;
    if (Math.max(...wanted) >= count) {
      throw new KerasValueError(
        `Target class id ${Math.max(...wanted)} is out of range, which is [0, ${count}). Received: target_class_ids=${showValue(wanted)}`,
      );
    }
  }

  protected override count(yTrue: Tensor, yPred: Tensor, sampleWeight: Tensor | null) {
    const { num_classes: count, ignore_class: ignored, sparse_y_true, sparse_y_pred, axis } = this.values;
    const labels = (x: Tensor, isSparse: boolean) => {
      const found = isSparse ? x : argMax(x, axis < 0 ? axis + x.rank : axis);
      return reshape(cast(found, 'int32'), [-1]);
    };
    const [y, x] = [labels(yTrue, sparse_y_true), labels(yPred, sparse_y_pred)];
    const isClass = (one: Tensor) => logicalAnd(greaterEqual(one, 0), less(one, scalar(count, 'int32')));
    const inRange = logicalAnd(isClass(y), isClass(x));
    const isCounted = ignored === null ? inRange : logicalAnd(inRange, notEqual(y, scalar(ignored, 'int32')));
    const given = sampleWeight ? this.#weights(sampleWeight, y.shape) : asFloat(isCounted);
    const weight = sampleWeight ? where(isCounted, given, zerosLike(given)) : given;
    const place = where(isCounted, add(mul(y, scalar(count, 'int32')), x), zerosLike(y));
    return { matrix: reshape(scatterND(reshape(place, [-1, 1]), weight, [count * count]), [count, count]) };
  }

  #weights(given: Tensor, shape: number[]): Tensor {
    const flat = given.rank > 1 ? reshape(given, [-1]) : given;
    const counted = this.dtype.startsWith('int') ? cast(cast(flat, 'int32'), 'float32') : asFloat(flat);
    return broadcastTo(counted, shape);
  }

  protected override compute(total: Totals): Tensor {
    const { num_classes: count, target_class_ids: wanted } = this.values;
    const matrix = total('matrix', [count, count]);
    const diagonal = tensor1d(
      Array.from({ length: count }, (_, i) => i * (count + 1)),
      'int32',
    );
    const truePositives = gather(reshape(matrix, [-1]), diagonal);
    const union = sub(add(sum(matrix, 0), sum(matrix, 1)), truePositives);
    const targets = tensor1d([...wanted], 'int32');
    const [tp, all] = [gather(truePositives, targets), gather(union, targets)];
    const isThere = greater(all, 1e-9);
    const iou = where(isThere, div(tp, add(all, EPSILON)), zerosLike(all));
    return div(sum(iou), add(sum(asFloat(isThere)), EPSILON));
  }
}

/** The arguments of BinaryIoU. */
export interface BinaryIoUArgs extends MetricArgs {
  /** The classes whose mean is told: [0], [1] or both, which is the default. */
  readonly targetClassIds?: readonly number[];
  /** Predictions from it on are class 1. Default 0.5. */
  readonly threshold?: number;
}

/**
 * The mean intersection over union of two classes, told apart by a threshold.
 * Source: https://keras.io/api/metrics/segmentation_metrics/#binaryiou-class
 */
export class BinaryIoU extends IoU {
  static override readonly className: string = 'BinaryIoU';
  readonly threshold: number;

  constructor(args: BinaryIoUArgs = {}) {
    const { threshold, ...others } = args;
    super({ targetClassIds: [0, 1], ...others, numClasses: 2 } as IoUArgs);
    this.threshold = num(0.5).read(threshold, 'BinaryIoU', 'threshold');
  }

  protected override count(yTrue: Tensor, yPred: Tensor, sampleWeight: Tensor | null) {
    return super.count(yTrue, cast(greaterEqual(yPred, this.threshold), 'int32'), sampleWeight);
  }

  override getConfig(): JsonObject {
    const { name, dtype, target_class_ids } = super.getConfig();
    return { name, dtype, target_class_ids, threshold: this.threshold };
  }
}

/** All classes of a metric of `numClasses`, in either spelling. */
function allClasses(args: object): number[] {
  const { numClasses, num_classes } = args as { readonly numClasses?: number; readonly num_classes?: number };
  return [...Array(classes.read(numClasses ?? num_classes, 'MeanIoU', 'num_classes')).keys()];
}

/**
 * The mean intersection over union of all classes.
 * Source: https://keras.io/api/metrics/segmentation_metrics/#meaniou-class
 */
export class MeanIoU extends IoU {
  static override readonly className: string = 'MeanIoU';

  constructor(args: MeanIoUArgs) {
    super({ ...args, targetClassIds: allClasses(args) });
  }

  override getConfig(): JsonObject {
    const { target_class_ids: _, ...config } = super.getConfig();
    return config;
  }
}

/** The arguments of OneHotMeanIoU. */
export interface OneHotMeanIoUArgs extends Omit<MeanIoUArgs, 'sparseYTrue'> {
  /** Whether predictions are numbers of classes. Default false: there is a score for each class. */
  readonly sparseYPred?: boolean;
}

/** The arguments of OneHotIoU. */
export interface OneHotIoUArgs extends OneHotMeanIoUArgs {
  /** The classes whose mean is told. */
  readonly targetClassIds: readonly number[];
}

/**
 * The mean intersection over union of some classes, of targets with a value for each class.
 * Source: https://keras.io/api/metrics/segmentation_metrics/#onehotiou-class
 */
export class OneHotIoU extends IoU {
  static override readonly className: string = 'OneHotIoU';

  constructor(args: OneHotIoUArgs) {
    super({ ...asOneHot(args), ...args, sparseYTrue: false });
  }

  override getConfig(): JsonObject {
    const { sparse_y_true: _, ...config } = super.getConfig();
    return config;
  }
}

/**
 * The mean intersection over union of all classes, of targets with a value for each class.
 * Source: https://keras.io/api/metrics/segmentation_metrics/#onehotmeaniou-class
 */
export class OneHotMeanIoU extends MeanIoU {
  static override readonly className: string = 'OneHotMeanIoU';

  constructor(args: OneHotMeanIoUArgs) {
    super({ ...asOneHot(args), ...args, sparseYTrue: false });
  }

  override getConfig(): JsonObject {
    const { sparse_y_true: _, ...config } = super.getConfig();
    return config;
  }
}

/** Predictions are scores unless the arguments, in either spelling, say otherwise. */
function asOneHot(args: object): { readonly sparseYPred?: boolean } {
  return 'sparse_y_pred' in args ? {} : { sparseYPred: false };
}
