// Variables that are trained on the GPU, copied to the CPU every CONVNET_SNAPSHOT_STEPS steps, so that a lost context
// costs some steps and not the model. All variables of a snapshot are of the same step: weights go with the optimizer's
// state. The copies are read without waiting for the GPU.

import { type BackendValues, type DataId, engine, type Variable } from '@tensorflow/tfjs-core';
import { readFlag } from '../../../tfjs/flags.js';

/** The part of the backend that is copied. */
interface Source {
  readonly texData: { has(dataId: DataId): boolean };
  read(dataId: DataId): Promise<BackendValues>;
}

interface Snapshot {
  readonly step: number;
  readonly values: ReadonlyMap<Variable, BackendValues>;
}

export class Snapshots {
  #depth = 0;
  #step = 0;
  #latest?: Snapshot;
  #isReading = false;
  /** Whether one is due that waits for the one before. */
  #isDue = false;

  /** Called for every kernel. A step is over when the tape that recorded it is. */
  note(source: Source): void {
    const { gradientDepth } = engine().state;
    if (gradientDepth < this.#depth) this.#countStep(source);
    this.#depth = gradientDepth;
  }

  /** The variables of the latest snapshot that are still there, with their data's ids. */
  get latest(): { readonly step: number; readonly values: readonly (readonly [DataId, BackendValues])[] } | undefined {
    const snapshot = this.#latest;
    if (!snapshot) return undefined;
    const alive = [...snapshot.values].filter(([variable]) => !variable.isDisposed);
    return { step: snapshot.step, values: alive.map(([{ dataId }, values]) => [dataId, values]) };
  }

  #countStep(source: Source): void {
    this.#step++;
    const every = readFlag('CONVNET_SNAPSHOT_STEPS');
    if (every === 0 || this.#step % every !== 0) return;
    this.#isDue = true;
    if (!this.#isReading) void this.#takeAll(source);
  }

  /** Takes snapshots as long as one is due. */
  async #takeAll(source: Source): Promise<void> {
    this.#isReading = true;
    // The step's update of the variables is still to come, and is over before anything else gets its turn.
    await Promise.resolve();
    try {
      while (this.#isDue) {
        this.#isDue = false;
        await this.#take(source, this.#step);
      }
    } catch {
      this.#isDue = false; // the context was lost meanwhile: the snapshot before counts
    }
    this.#isReading = false;
  }

  async #take(source: Source, step: number): Promise<void> {
    const variables = Object.values(engine().registeredVariables as Record<string, Variable>);
    const own = variables.filter(({ dataId, isDisposed }) => !isDisposed && source.texData.has(dataId));
    const values = await Promise.all(
      own.map(async (variable) => [variable, await source.read(variable.dataId)] as const),
    );
    this.#latest = { step, values: new Map(values) };
  }
}
