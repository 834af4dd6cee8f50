// Whether a monitored value has got better. Source: https://keras.io/api/callbacks/early_stopping/

import type { LayersModel } from '@tensorflow/tfjs-layers';
import { toSnake } from '../../core/json.js';
import type { OptionKeys } from '../../core/optionKeys.js';
import { KerasValueError, showValue } from '../../layers/base/kerasValueError.js';
import { lossClassOf } from '../../layers/losses/losses.js';
import { MeanMetricWrapper } from '../../layers/metrics/means.js';
import type { Metric } from '../../layers/metrics/metric.js';
import { Callback } from './callback.js';

/** The arguments of callbacks that watch a value. */
export interface MonitorArgs {
  /** The name of the value in the logs. Default 'val_loss'. */
  readonly monitor?: string;
  /** Whether lower or higher is better. Default 'auto', also for what is none of these: it follows from the metric. */
  readonly mode?: 'auto' | 'min' | 'max';
  /** A change below it is none. */
  readonly minDelta?: number;
}

export const monitorKeys: OptionKeys<MonitorArgs> = { monitor: true, mode: true, minDelta: true };

/** Metrics that are better when higher, by class and by name. */
const higher = new Set(
  (
    'Accuracy BinaryAccuracy CategoricalAccuracy SparseCategoricalAccuracy TopKCategoricalAccuracy ' +
    'SparseTopKCategoricalAccuracy AUC Precision Recall SensitivityAtSpecificity SpecificityAtSensitivity ' +
    'PrecisionAtRecall RecallAtPrecision F1Score FBetaScore R2Score IoU BinaryIoU MeanIoU OneHotIoU OneHotMeanIoU ' +
    'CosineSimilarity PearsonCorrelation ConcordanceCorrelation acc'
  )
    .split(' ')
    .flatMap((name) => [name, toSnake(name), name.charAt(0).toLowerCase() + name.slice(1)]),
);

/** Metrics of a compiled model of ours by their names in logs. */
interface HasTrackers {
  readonly trackers?: { metricOf(label: string): Metric | undefined };
  readonly model?: HasTrackers;
}

/** What a metric is called, most telling first. */
function namesOf(model: LayersModel, label: string): string[] {
  const { trackers, model: inner } = model as unknown as HasTrackers;
  const metric = (trackers ?? inner?.trackers)?.metricOf(label);
  if (!metric) return [label];
  if (!(metric instanceof MeanMetricWrapper) || metric.className !== 'MeanMetricWrapper')
    return [metric.className, label];
  const { fn } = metric as { readonly fn: { readonly name: string; readonly serialize?: () => unknown } };
  const { class_name: className } = (fn.serialize?.() ?? {}) as { readonly class_name?: string };
  return [className ?? fn.name, fn.name, label].filter((name) => name !== '');
}

export abstract class MonitorCallback extends Callback {
  readonly monitor: string;
  readonly mode: 'auto' | 'min' | 'max';
  readonly #minDelta: number;
  #isHigherBetter: boolean | null = null;

  constructor({ monitor = 'val_loss', mode = 'auto', minDelta = 0 }: MonitorArgs) {
    super();
    this.monitor = monitor;
    const isKnown = ['auto', 'min', 'max'].includes(mode);
    if (!isKnown) console.warn(`${this.constructor.name} mode ${showValue(mode)} is unknown, fallback to auto mode.`);
    this.mode = isKnown ? mode : 'auto';
    this.#minDelta = Math.abs(minDelta);
  }

  /**
   * Whether a value is better than another by more than `minDelta`; null: there is none yet. Keras compares in float32,
   * where 0.7 is not better than 0.8 by more than 0.1.
   */
  protected isBetter(value: number, than: number | null): boolean {
    this.#isHigherBetter ??= this.#direction();
    if (than === null) return true;
    const other = Math.fround(than);
    return this.#isHigherBetter
      ? Math.fround(value - this.#minDelta) > other
      : Math.fround(value + this.#minDelta) < other;
  }

  #direction(): boolean {
    if (this.mode !== 'auto') return this.mode === 'max';
    const label = this.monitor.replace(/^val_/, '');
    if (label === 'loss' || label.endsWith('_loss')) return false;
    const names = namesOf(this.trained, label);
    if (names.some((name) => higher.has(name))) return true;
    const isLoss = (name: string) => lossClassOf(name) ?? lossClassOf(toSnake(name));
    if (names.some((name) => isLoss(name) || ['RootMeanSquaredError', 'LogCoshError', 'rmse'].includes(name)))
      return false;
    throw new KerasValueError(
      `${this.constructor.name} callback received monitor=${this.monitor}, but it is not known whether that metric should be maximized or minimized. Pass \`mode: 'max'\` or \`mode: 'min'\``,
    );
  }

  /** Says that the logs lack the value. */
  protected warnMissing(logs: object = {}): void {
    console.warn(
      `${this.constructor.name} conditioned on metric \`${this.monitor}\` which is not available. Available metrics are: ${Object.keys(logs).join(',')}`,
    );
  }
}
