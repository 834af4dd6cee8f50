// What the self-test of a backend stands on: tests leave no trace, and what was computed with a wrong program is void.

import type { DataId } from '@tensorflow/tfjs-core';
import type { Verdict } from '../../core/verdict.js';
import { readFlag } from '../../tfjs/flags.js';
import type { ContextLoss } from './gl/contextLoss.js';
import type { Recording } from './recording.js';
import type { LiveData } from './tensors/liveData.js';
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
  /** Takes TensorFlow.js's texture of data away. */
  releaseTexture(dataId: DataId): void;
}

export function surroundingsOf(backend: TestedBackend): Surroundings {
  const aside = <T>(work: () => T) => (backend.recording ? backend.recording.aside(work) : work());
  return {
    run: (test) => aside(() => tracelessly(test)),
    // Where the CPU engine takes over without a word, nothing may be computed with a program that is not tested.
    mayWait: () => readFlag('CONVNET_SELF_TEST') === 'later' && readFlag('CONVNET_ON_FAILURE') === 'error',
    computed: () => backend.texData.computed,
    discard: (since) => {
      for (const dataId of backend.texData.computedSince(since)) {
        backend.tensors.forget(dataId);
        backend.releaseTexture(dataId);
        backend.texData.declareVoid(dataId);
      }
    },
    whenDrawn: () => backend.contextLoss.guard(backend.gpgpu.createAndWaitForFence()),
  };

  /**
   * Runs a test, of which counters and waiting textures show nothing. It does not wait for the driver at each new texture:
   * if it fails and the driver has an error, it runs again with all textures looked at.
   */
  function tracelessly(test: Test): Verdict | Unread {
    const outcome = uncounted(() => backend.tensors.textures.unchecked(test));
    const looked = (verdict: Verdict) => {
      return verdict.passed || backend.gl2.getError() === backend.gl2.NO_ERROR
        ? verdict
        : uncounted(() => verdictOf(test));
    };
    return typeof outcome === 'function' ? () => aside(() => looked(outcome())) : looked(outcome);
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

/** Runs a test and waits for its result. */
export function verdictOf(test: Test): Verdict {
  const outcome = test();
  return typeof outcome === 'function' ? outcome() : outcome;
}
