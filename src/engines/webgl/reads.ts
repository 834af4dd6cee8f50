// Reading results. Who reads one reads the self-tests first that were begun before it was drawn: if a program turns out
// wrong, the values are those that another has computed. Whoever has asked gets them, also if the data are disposed of
// meanwhile.

import type { BackendValues, DataId } from '@tensorflow/tfjs-core';
import type { ContextLoss } from './gl/contextLoss.js';
import { asGpuFailure } from './gl/failures.js';
import type { SelfTest } from './selfTest.js';
import type { LiveData } from './tensors/liveData.js';
import type { TensorStore } from './tensors/tensorStore.js';

/** The parts of the backend that waiting for the GPU needs. */
interface Drawing {
  readonly gpgpu: { createAndWaitForFence(): Promise<unknown> };
  readonly tensors: TensorStore;
  readonly contextLoss: ContextLoss;
}

/** The parts of the backend that reading needs. */
export interface ReadBackend extends Drawing {
  readonly texData: LiveData;
  readonly selfTest: SelfTest;
}

type Values = NonNullable<ReturnType<LiveData['get']>['values']>;

/** Resolves when the GPU has drawn everything so far, without blocking the page, or fails if the context is lost. */
export function whenDrawn({ tensors, contextLoss, gpgpu }: Drawing): Promise<unknown> {
  const wait = async () => {
    await tensors.drawer.queue.whenDrained();
    await gpgpu.createAndWaitForFence();
  };
  return contextLoss.guard(wait());
}

export class Reads {
  readonly #waiting = new Map<DataId, number>();

  constructor(private readonly backend: ReadBackend) {}

  /** Whether somebody waits for the values. */
  has(dataId: DataId): boolean {
    return this.#waiting.has(dataId);
  }

  /** Reads data that have no values on the CPU; `readTfjs` reads those that are not in the tiled layout. */
  now(dataId: DataId, readTfjs: () => BackendValues): BackendValues {
    const { tensors, texData, contextLoss } = this.backend;
    this.#note();
    const isOnlyTiled = tensors.isOnlyTiled(dataId);
    const read = isOnlyTiled ? tensors.read(dataId) : readInOurWords(readTfjs);
    contextLoss.check(); // zeros, if it has just happened
    const values = this.tested(dataId) ?? read;
    if (isOnlyTiled) texData.get(dataId).values = values as Values;
    return values;
  }

  /** The same without blocking. */
  async later(dataId: DataId, readTfjs: () => Promise<BackendValues>): Promise<BackendValues> {
    this.#note();
    this.#waiting.set(dataId, (this.#waiting.get(dataId) ?? 0) + 1);
    try {
      return await this.#whenDrawn(dataId, readTfjs);
    } finally {
      const others = (this.#waiting.get(dataId) ?? 1) - 1;
      if (others > 0) this.#waiting.set(dataId, others);
      else this.#waiting.delete(dataId);
    }
  }

  /**
   * Reads the self-tests that were begun before, all or the first `count`.
   *
   * @returns The values of the data, if they have been computed again.
   * @throws If the data are void.
   */
  tested(dataId: DataId, count?: number): Values | undefined {
    const { selfTest, texData } = this.backend;
    selfTest.settle(count);
    texData.checkVoid(dataId);
    return texData.renewed(dataId);
  }

  async #whenDrawn(dataId: DataId, readTfjs: () => Promise<BackendValues>): Promise<BackendValues> {
    const { tensors, texData, selfTest } = this.backend;
    if (!tensors.isOnlyTiled(dataId)) {
      const { begunCount } = selfTest;
      const read = await readTfjs().catch((error) => Promise.reject(inOurWords(error)));
      return this.tested(dataId, begunCount) ?? read;
    }
    const reading = tensors.readAsync(dataId, () => whenDrawn(this.backend));
    const { begunCount } = selfTest; // what has just been drawn to be read among them
    const read = await reading;
    const values = this.tested(dataId, begunCount) ?? read;
    if (texData.has(dataId)) texData.get(dataId).values ??= values; // it may have been disposed of meanwhile
    return values;
  }

  #note(): void {
    const { selfTest, tensors, contextLoss } = this.backend;
    if (!selfTest.isTesting) {
      selfTest.noteRead();
      tensors.drawer.noteRead();
    }
    contextLoss.check();
  }
}

/** Programs of TensorFlow.js read its textures, which a driver may refuse too. */
function inOurWords(error: unknown): unknown {
  return asGpuFailure(error, 'reading') ?? error;
}

function readInOurWords<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw inOurWords(error);
  }
}
