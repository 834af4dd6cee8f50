// The logs that callbacks get. TensorFlow.js's callbacks know numbers and scalars; a metric may have a value for each class.

import type { Tensor } from '@tensorflow/tfjs-core';
import type { Logs } from '@tensorflow/tfjs-layers';

/** The values of a metric that has several: an array that TensorFlow.js's callbacks may take for a scalar. */
export class LogVector extends Array<number> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  constructor(values: readonly number[]) {
    super(values.length);
    values.forEach((value, i) => {
      this[i] = value;
    });
  }

  /** TensorFlow.js keeps the first of these values. */
  async data(): Promise<[LogVector]> {
    return [this];
  }

  dispose(): void {}
}

/** A value of the logs: a number, a vector, or what is still on the GPU. */
export type LogValue = number | LogVector | LazyValue;

/** A value that is read when a callback asks for it. */
class LazyValue {
  readonly #result: Tensor;

  constructor(result: Tensor) {
    this.#result = result;
  }
  async data(): Promise<[number | LogVector]> {
    const values = Array.from((await this.#result.data()) as Float32Array);
    return [this.#result.rank === 0 ? values[0] : new LogVector(values)];
  }
  /** For callbacks that read at once. */
  dataSync(): [number | LogVector] {
    const values = Array.from(this.#result.dataSync() as Float32Array);
    return [this.#result.rank === 0 ? values[0] : new LogVector(values)];
  }
  dispose(): void {
    if (!this.#result.isDisposed) this.#result.dispose();
  }
}

/** What tells the values so far. */
interface Results {
  readonly labels: readonly string[];
  /** A tensor, which becomes the caller's. */
  result(label: string): Tensor;
}

/** The logs of a batch: the values so far of the epoch, which are computed when somebody reads them. */
export class BatchLogs {
  readonly logs: Logs;
  readonly #made: LazyValue[] = [];

  constructor(trackers: Results, batch: number, size: number) {
    const logs: Record<string, unknown> = { batch, size };
    for (const label of trackers.labels) {
      let value: unknown;
      const make = () => {
        const made = new LazyValue(trackers.result(label));
        this.#made.push(made);
        return made;
      };
      Object.defineProperty(logs, label, {
        enumerable: true,
        configurable: true,
        get: () => {
          value ??= make();
          return value;
        },
        set: (given: unknown) => {
          value = given;
        },
      });
    }
    this.logs = logs as Logs;
  }

  dispose(): void {
    for (const value of this.#made) value.dispose();
  }
}

/** A number of a log, or the mean of its values; undefined where there is none. */
export async function numberOf(value: unknown): Promise<number | undefined> {
  const read = await plainValue(value);
  return Array.isArray(read) ? read.reduce((a, b) => a + b, 0) / read.length : read;
}

/** A value of a log as a number or an array; undefined where there is none. */
export async function plainValue(value: unknown): Promise<number | number[] | undefined> {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') return value;
  if (Array.isArray(value)) return [...value];
  const [first] = await (value as { data(): Promise<ArrayLike<number | number[]>> }).data().then((found) => [found[0]]);
  return Array.isArray(first) ? [...first] : first;
}
