// What an operation has made so far, so that it can be undone if the operation fails half-way: TensorFlow.js's kernels
// give their intermediate data back at their end alone, and so do ours.

import type { DataId } from '@tensorflow/tfjs-core';

/** The part of a backend that undoes. */
interface Disposer {
  hasData(dataId: DataId): boolean;
  disposeData(dataId: DataId, force?: boolean): boolean;
}

export class Journal {
  readonly #made: DataId[] = [];
  /** References taken of data and given back, as pairs of data and +1 or -1. */
  readonly #references: (readonly [DataId, number])[] = [];
  /** How many pieces of work are running, one in the other; 0 while one is undone. */
  #depth = 0;

  /** Whether a piece of work is running. */
  get isRunning(): boolean {
    return this.#depth > 0;
  }

  noteData(dataId: DataId): void {
    if (this.#depth > 0) this.#made.push(dataId);
  }

  noteReference(dataId: DataId, by: 1 | -1): void {
    if (this.#depth > 0) this.#references.push([dataId, by]);
  }

  /** Runs `work` on `args` and undoes it if it throws. */
  run<T, A>(work: (args: A) => T, args: A, backend: Disposer): T {
    const made = this.#made.length;
    const references = this.#references.length;
    this.#depth++;
    try {
      return work(args);
    } catch (error) {
      this.#undo(backend, this.#made.splice(made), this.#references.splice(references));
      throw error;
    } finally {
      this.#leave();
    }
  }

  /** The same for work that makes its data before it first waits; `finish` may let it fail earlier than it would. */
  async runAsync<T>(work: () => Promise<T>, finish: (begun: Promise<T>) => Promise<T>, backend: Disposer): Promise<T> {
    const [made, references] = [this.#made.length, this.#references.length];
    this.#depth++;
    const begun = work();
    const [ownMade, ownReferences] = [this.#made.splice(made), this.#references.splice(references)];
    this.#leave();
    try {
      return await finish(begun);
    } catch (error) {
      this.#undo(backend, ownMade, ownReferences);
      throw error;
    }
  }

  #leave(): void {
    this.#depth--;
    if (this.#depth > 0) return;
    // To set the length of an array takes longer than to take one or two items from it.
    while (this.#made.length > 0) this.#made.pop();
    while (this.#references.length > 0) this.#references.pop();
  }

  #undo(backend: Disposer, made: readonly DataId[], references: readonly (readonly [DataId, number])[]): void {
    const depth = this.#depth;
    this.#depth = 0; // what is given back now must not look like work of the piece around
    for (const dataId of made) if (backend.hasData(dataId)) backend.disposeData(dataId, true);
    const surplus = new Map<DataId, number>();
    for (const [dataId, by] of references) surplus.set(dataId, (surplus.get(dataId) ?? 0) + by);
    for (const [dataId, count] of surplus) {
      for (let i = 0; i < count && backend.hasData(dataId); i++) backend.disposeData(dataId);
    }
    this.#depth = depth;
  }
}
