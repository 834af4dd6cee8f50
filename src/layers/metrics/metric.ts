// A metric with state: what it has counted over the batches since the last reset. Source: https://keras.io/api/metrics/base_metric/

import { add, clone, keep, Tensor, type TensorLike, tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import { type Json, type JsonObject, kerasObject, toSnake } from '../../core/json.js';
import { type Params, readParams, text, type Values } from '../serialization/params.js';

/** What updateState() takes: a tensor, or numbers in lists. */
export type MetricData = Tensor | TensorLike;

/** The arguments that all metrics have. */
export interface MetricArgs {
  /** Under this name logs show it. Default: the name of the class in snake_case. */
  readonly name?: string | null;
  /** An argument of Keras. Metrics compute in float32; 'int32', the default of IoU, makes integers of sample weights. */
  readonly dtype?: string | null;
}

/** Gives the sum of a name, or zeros of this shape where nothing has been counted. */
export type Totals = (name: string, shape?: readonly number[]) => Tensor;

/**
 * The base of all metrics. A class of one's own says in `count` what a batch adds to its sums, and in `compute` what comes
 * of the sums: both run in a tidy. The sums are tensors from the first batch to resetState() or dispose().
 * Source: https://keras.io/api/metrics/base_metric/
 */
export abstract class Metric<P extends Params = Params> {
  /** The class's name in Keras. */
  static readonly className: string = 'Metric';

  /** Under this name logs show it. */
  readonly name: string;
  readonly dtype: string;
  /** The arguments by their names in Keras. */
  protected readonly values: Values<P>;
  readonly #sums = new Map<string, Tensor>();

  /**
   * @param params A table of the arguments, in Keras's spelling.
   * @throws ValueError for arguments that are wrong.
   */
  constructor(params: P, args: object = {}, defaultName?: string, defaultDtype = 'float32') {
    const { className } = this;
    const common = { name: text(defaultName ?? toSnake(className)), dtype: text(defaultDtype) };
    const { name, dtype, ...values } = readParams(className, { ...common, ...params }, args, { isOfCaller: true });
    this.name = name as string;
    this.dtype = dtype as string;
    this.values = values as unknown as Values<P>;
  }

  get className(): string {
    return (this.constructor as typeof Metric).className;
  }

  /** What a batch adds to each sum. */
  protected abstract count(yTrue: Tensor, yPred: Tensor, sampleWeight: Tensor | null): Readonly<Record<string, Tensor>>;

  /** The metric of the sums. */
  protected abstract compute(total: Totals): Tensor;

  /**
   * Adds a batch. The tensors stay the caller's.
   * @param sampleWeight Weights of the examples; default 1 for each.
   */
  updateState(yTrue: MetricData, yPred: MetricData, sampleWeight?: MetricData | null): void {
    this.addUp(() => this.count(toTensor(yTrue), toTensor(yPred), weightOf(sampleWeight)));
  }

  /** Adds what f gives to the sums: to all, or after an error to none. */
  protected addUp(f: () => Readonly<Record<string, Tensor>>): void {
    tidy(() => {
      const next = Object.entries(f()).map(([name, value]) => {
        const sum = this.#sums.get(name);
        return [name, sum ? add(sum, value) : clone(value)] as const;
      });
      for (const [name, sum] of next) {
        this.#sums.get(name)?.dispose();
        this.#sums.set(name, keep(sum));
      }
    });
  }

  /** The metric of the batches since the last reset: a scalar, or a vector where the class says so. The caller's. */
  result(): Tensor {
    return tidy(() => clone(this.compute((name, shape = []) => this.#sums.get(name) ?? zeros([...shape]))));
  }

  /** Forgets all batches, and the tensors of the sums. */
  resetState(): void {
    for (const sum of this.#sums.values()) sum.dispose();
    this.#sums.clear();
  }

  /** Frees the tensors; the same as resetState(). */
  dispose(): void {
    this.resetState();
  }

  /** The sums, by name: they stay the metric's. */
  get variables(): Readonly<Record<string, Tensor>> {
    return Object.fromEntries(this.#sums);
  }

  /** What Keras's get_config() gives. */
  getConfig(): JsonObject {
    return { name: this.name, dtype: this.dtype, ...(this.values as JsonObject) };
  }

  /** As keras.metrics.serialize. */
  serialize(): Json {
    return kerasObject('keras.metrics', this.className, this.getConfig());
  }
}

/** Whether the value is a metric with state. */
export function isMetric(value: unknown): value is Metric {
  return value instanceof Metric;
}

export function toTensor(value: MetricData): Tensor {
  return value instanceof Tensor ? value : tensor(value);
}

export function weightOf(value: MetricData | null | undefined): Tensor | null {
  return value == null ? null : toTensor(value);
}
