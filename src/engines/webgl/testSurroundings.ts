// What the self-test of a backend stands on: tests leave no trace, and what was computed with a wrong program is computed
// again.

import type { BackendValues, DataId } from '@tensorflow/tfjs-core';
import type { Verdict } from '../../core/verdict.js';
import { readFlag } from '../../tfjs/flags.js';
import { Calls } from './calls.js';
import type { ContextLoss } from './gl/contextLoss.js';
import { type Reads, whenDrawn } from './reads.js';
import type { Recording } from './recording.js';
import type { SelfTest } from './selfTest.js';
import { type LiveData, ownValues } from './tensors/liveData.js';
import type { TensorStore } from './tensors/tensorStore.js';
import type { Surroundings, Test, Unread } from './testKinds.js';

/** The parts of the backend that the self-test needs. */
export interface TestedBackend {
  readonly gl2: WebGL2RenderingContext;
  readonly gpgpu: { createAndWaitForFence(): Promise<unknown> };
  readonly tensors: TensorStore;
  readonly texData: LiveData;
  readonly contextLoss: ContextLoss;
  readonly recording?: Recording;
  readonly calls: Calls;
  readonly reads: Reads;
  readonly selfTest: SelfTest;
  hasData(dataId: DataId): boolean;
  disposeData(dataId: DataId, force?: boolean): boolean;
  readSync(dataId: DataId): BackendValues;
  /** Takes TensorFlow.js's texture of data away. */
  releaseTexture(dataId: DataId): void;
}

export function surroundingsOf(backend: TestedBackend): Surroundings {
  const aside = <T>(work: () => T) => (backend.recording ? backend.recording.aside(work) : work());
  return {
    run: (test) => aside(() => tracelessly(test)),
    mayWait: () => mayWait(backend),
    computed: () => backend.texData.computed,
    recompute: (since) => aside(() => backend.calls.repeat(backend.texData.computedSince(since))),
    isSound: () => {
      const { drawer, textures } = backend.tensors;
      return [drawer.areProgramsSound(), textures.areSound()].every((isSound) => isSound);
    },
    settled: () => backend.calls.clear(),
    whenDrawn: () => whenDrawn(backend),
  };

  /**
   * Runs a test, of which counters and waiting textures show nothing. It does not wait for the driver at each new texture:
   * if it fails and the driver has or had an error, it runs again with all textures looked at.
   */
  function tracelessly(test: Test): Verdict | Unread {
    const { drawer } = backend.tensors;
    const { result: outcome, check } = drawer.apart(() => uncounted(() => backend.tensors.textures.unchecked(test)));
    const looked = (verdict: Verdict) => {
      if (verdict.passed) return verdict;
      const { unlooked } = backend.tensors.textures.budget;
      if (backend.gl2.getError() !== backend.gl2.NO_ERROR) unlooked.noteError();
      else if (!unlooked.isWary) return verdict;
      return uncounted(() => verdictOf(test));
    };
    if (typeof outcome !== 'function') return looked(outcome);
    return () => {
      check();
      return aside(() => looked(outcome()));
    };
  }

  function uncounted<T>(work: () => T): T {
    const { counters, textures } = backend.tensors;
    const before = { ...counters };
    try {
      return textures.leavingNothing(work);
    } finally {
      Object.assign(counters, before);
    }
  }
}

/** What the calls stand on that a wrong program makes repeat. */
export function callsOf(backend: TestedBackend): Calls {
  const { texData, tensors, reads } = backend;
  const isGone = (dataId: DataId) => !backend.hasData(dataId);
  const leaveGpu = (dataId: DataId) => {
    if (isGone(dataId)) return;
    tensors.forget(dataId);
    backend.releaseTexture(dataId);
  };
  const takeValues = (to: DataId, from: DataId): void => {
    const parts = [to, from].map((dataId) => (isGone(dataId) ? undefined : texData.get(dataId).complexTensorInfos));
    const [before, now] = parts;
    if (before && now) {
      takeValues(before.real.dataId, now.real.dataId);
      takeValues(before.imag.dataId, now.imag.dataId);
      return;
    }
    const values = backend.readSync(from);
    leaveGpu(to);
    texData.renew(to, values as never);
  };
  return new Calls({
    isTestWaiting: () => backend.selfTest.hasBegun && !backend.selfTest.isTesting,
    readTests: () => backend.selfTest.settle(),
    hasData: (dataId) => backend.hasData(dataId),
    disposeData: (dataId, force) => backend.disposeData(dataId, force),
    isOnCpu: (dataId) => !texData.isVoid(dataId) && texData.get(dataId).values != null,
    leaveGpu: (dataId) => {
      const data = texData.get(dataId);
      const values = ownValues(data);
      if (values == null || texData.isVoid(dataId)) return;
      leaveGpu(dataId);
      data.values = values;
    },
    isBeingRead: (dataId) => reads.has(dataId),
    takeValues,
    declareVoid: (dataId, error) => {
      if (isGone(dataId)) return;
      leaveGpu(dataId);
      texData.declareVoid(dataId, error);
    },
    forgetMade: (dataId) => tensors.matrices.forget(dataId),
  });
}

/**
 * Whether what is computed now may turn out wrong when its result is read, and is computed again then. What is recorded is
 * recorded once, and where the CPU engine takes over it reads what has been computed so far.
 */
function mayWait({ calls, recording }: TestedBackend): boolean {
  return !calls.isRepeating && !recording && readFlag('CONVNET_ON_FAILURE') === 'error';
}

/** Whether a draw may wait for its program: a test waits too, or begins, that has it computed again if that is refused. */
export function mayDrawLater(backend: TestedBackend): boolean {
  const { calls, selfTest } = backend;
  return (selfTest.isTesting || calls.isNoting) && mayWait(backend);
}

/** Runs a test and waits for its result. */
export function verdictOf(test: Test): Verdict {
  const outcome = test();
  return typeof outcome === 'function' ? outcome() : outcome;
}
