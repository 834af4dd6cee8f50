// The best of one rate where another is at least a value: https://keras.io/api/metrics/classification_metrics/

import { add, divNoNan, greaterEqual, max, maximum, type Tensor, where, zerosLike } from '@tensorflow/tfjs-core';
import { KerasValueError } from '../base/kerasValueError.js';
import { num, numOrNull, type Param, type Params } from '../serialization/params.js';
import { countConfusion } from './confusion.js';
import { Metric, type MetricArgs, type Totals } from './metric.js';

/** The arguments that the four classes share. */
export interface AtThresholdArgs extends MetricArgs {
  /** The number of thresholds that are tried. Default 200. */
  readonly numThresholds?: number;
  /** Only this class of the last axis counts. Default: all. */
  readonly classId?: number | null;
}

type Rate = 'sensitivity' | 'specificity' | 'recall' | 'precision';

/** A number in [0, 1], which must be there. */
const share: Param<number> = {
  read(given, where, key) {
    if (typeof given === 'number' && given >= 0 && given <= 1) return given;
    throw new KerasValueError(`${where}: Argument \`${key}\` must be in the range [0, 1]. Received: ${key}=${given}`);
  },
};

interface AtParams extends Params {
  readonly num_thresholds: Param<number>;
  readonly class_id: Param<number | null>;
}

abstract class AtThreshold extends Metric<AtParams> {
  /** The rate that must be reached, and the one that is told. */
  protected abstract readonly constrained: Rate;
  protected abstract readonly told: Rate;

  constructor(key: Rate, args: object) {
    super({ num_thresholds: num(200), class_id: numOrNull(), [key]: share }, args);
    const { num_thresholds: count } = this.values;
    if (!Number.isInteger(count) || count <= 0) {
      throw new KerasValueError(
        `Argument \`num_thresholds\` must be an integer > 0. Received: num_thresholds=${count}`,
      );
    }
  }

  get thresholds(): number[] {
    const count = this.values.num_thresholds;
    return count === 1 ? [0.5] : Array.from({ length: count }, (_, i) => i / (count - 1));
  }
  protected override count(yTrue: Tensor, yPred: Tensor, sampleWeight: Tensor | null) {
    const { thresholds } = this;
    return { ...countConfusion(yTrue, yPred, { thresholds, sampleWeight, classId: this.values.class_id }) };
  }
  protected override compute(total: Totals): Tensor {
    const shape = [this.thresholds.length];
    const sums = ['truePositives', 'trueNegatives', 'falsePositives', 'falseNegatives'].map((key) => total(key, shape));
    const [reached, told] = [this.constrained, this.told].map((rate) => rateOf(rate, sums));
    const value = (this.values as Readonly<Record<string, unknown>>)[this.constrained] as number;
    return maximum(max(where(greaterEqual(reached, value), told, zerosLike(told))), 0);
  }
}

function rateOf(rate: Rate, [tp, tn, fp, fn]: readonly Tensor[]): Tensor {
  if (rate === 'specificity') return divNoNan(tn, add(tn, fp));
  return divNoNan(tp, add(tp, rate === 'precision' ? fp : fn));
}

/** The arguments of SensitivityAtSpecificity. */
export interface SensitivityAtSpecificityArgs extends AtThresholdArgs {
  /** In [0, 1]. */
  readonly specificity: number;
}

/**
 * The best sensitivity where the specificity is at least a value.
 * Source: https://keras.io/api/metrics/classification_metrics/#sensitivityatspecificity-class
 */
export class SensitivityAtSpecificity extends AtThreshold {
  static override readonly className: string = 'SensitivityAtSpecificity';
  protected override readonly constrained = 'specificity';
  protected override readonly told = 'sensitivity';

  constructor(args: SensitivityAtSpecificityArgs) {
    super('specificity', args);
  }
}

/** The arguments of SpecificityAtSensitivity. */
export interface SpecificityAtSensitivityArgs extends AtThresholdArgs {
  /** In [0, 1]. */
  readonly sensitivity: number;
}

/**
 * The best specificity where the sensitivity is at least a value.
 * Source: https://keras.io/api/metrics/classification_metrics/#specificityatsensitivity-class
 */
export class SpecificityAtSensitivity extends AtThreshold {
  static override readonly className: string = 'SpecificityAtSensitivity';
  protected override readonly constrained = 'sensitivity';
  protected override readonly told = 'specificity';

  constructor(args: SpecificityAtSensitivityArgs) {
    super('sensitivity', args);
  }
}

/** The arguments of PrecisionAtRecall. */
export interface PrecisionAtRecallArgs extends AtThresholdArgs {
  /** In [0, 1]. */
  readonly recall: number;
}

/**
 * The best precision where the recall is at least a value.
 * Source: https://keras.io/api/metrics/classification_metrics/#precisionatrecall-class
 */
export class PrecisionAtRecall extends AtThreshold {
  static override readonly className: string = 'PrecisionAtRecall';
  protected override readonly constrained = 'recall';
  protected override readonly told = 'precision';

  constructor(args: PrecisionAtRecallArgs) {
    super('recall', args);
  }
}

/** The arguments of RecallAtPrecision. */
export interface RecallAtPrecisionArgs extends AtThresholdArgs {
  /** In [0, 1]. */
  readonly precision: number;
}

/**
 * The best recall where the precision is at least a value.
 * Source: https://keras.io/api/metrics/classification_metrics/#recallatprecision-class
 */
export class RecallAtPrecision extends AtThreshold {
  static override readonly className: string = 'RecallAtPrecision';
  protected override readonly constrained = 'precision';
  protected override readonly told = 'recall';

  constructor(args: RecallAtPrecisionArgs) {
    super('precision', args);
  }
}
