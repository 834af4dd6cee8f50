// What capture() asks of an engine. Both are imported by those apps alone that capture models, and neither brings its
// backend along.

import {
  backend as activeBackend,
  getBackend,
  type KernelBackend,
  Tensor,
  type TensorInfo,
  type TypedArray,
} from '@tensorflow/tfjs-core';
import { check } from '../core/errors.js';
import type { CpuBackend } from '../engines/cpu/backend.js';
import { record as recordLaunches } from '../engines/cpu/capture/record.js';
import type { WebglBackend } from '../engines/webgl/backend.js';
import { record as recordDraws } from '../engines/webgl/capture/record.js';
import type { Operand, Slot } from './captureInputs.js';
import { engineInfo } from './info.js';

/** What has been recorded. */
export interface EngineReplay {
  /** Whether something that it relies on has changed, so that the model must be recorded anew. */
  readonly isStale: boolean;
  readonly launches: number;
  readonly kernels: readonly string[];
  readonly bytes: number;
  /** New data on the backend for each output. */
  predict(operands: readonly Operand[]): TensorInfo[];
  predictValues(operands: readonly Operand[]): TypedArray[];
  dispose(): void;
}

export interface CaptureEngine {
  readonly backend: KernelBackend;
  /** Whether the backend has been removed. */
  readonly isClosed: boolean;
  readonly isRecording: boolean;
  record(slots: readonly Slot[], operands: readonly Operand[], run: (inputs: Tensor[]) => Tensor[]): EngineReplay;
}

/** The engine of the active backend, if models can be captured on it. */
export function captureEngine(where: string): CaptureEngine {
  const active = activeBackend();
  const backend = getBackend();
  const engine = engineInfo(active)?.engine;
  check(engine !== undefined, where, 'the active backend must be one of this package', { backend });
  if (engine === 'webgl') return webglEngine(active as WebglBackend);
  const { device } = active as CpuBackend;
  check(device !== undefined, where, 'capturing needs WebAssembly SIMD, which is off or missing here', { backend });
  return cpuEngine(active as CpuBackend);
}

function cpuEngine(backend: CpuBackend): CaptureEngine {
  const { device } = backend;
  const valuesOf = (operand: Operand): TypedArray => {
    if (!(operand instanceof Tensor)) return operand;
    const isOwn = backend.hasData(operand.dataId);
    return (isOwn ? backend.dataOf(operand.dataId).values : operand.dataSync()) as TypedArray;
  };
  return {
    backend,
    get isClosed() {
      return device?.heap.isClosed !== false;
    },
    get isRecording() {
      return device?.recording !== undefined;
    },
    record(slots, operands, run) {
      // Copies, because views of memory go when it grows.
      const inputs = operands.map((operand, i) => ({ ...slots[i], values: valuesOf(operand).slice() }));
      const replay = recordLaunches(backend, inputs, run);
      const compute = (given: readonly Operand[]) => {
        replay.write(given.map(valuesOf));
        replay.run();
        return replay.outputs;
      };
      return {
        get isStale() {
          return replay.isStale;
        },
        ...{ launches: replay.launches, kernels: replay.kernels, bytes: replay.planBytes },
        predict: (given) => compute(given).map((_, i) => replay.takeTensor(i)),
        predictValues: (given) => compute(given).map((_, i) => replay.read(i)),
        dispose: () => replay.dispose(),
      };
    },
  };
}

function webglEngine(backend: WebglBackend): CaptureEngine {
  return {
    backend,
    get isClosed() {
      return backend.isDisposed;
    },
    get isRecording() {
      return backend.recording !== undefined;
    },
    record(slots, operands, run) {
      const values = (operand: Operand) => (operand instanceof Tensor ? (operand.dataSync() as TypedArray) : operand);
      const inputs = operands.map((operand, i) => ({ ...slots[i], values: values(operand) }));
      const replay = recordDraws(backend, inputs, run);
      return {
        get isStale() {
          return replay.isStale;
        },
        ...{ launches: replay.draws, kernels: [], bytes: replay.planBytes },
        predict: (given) => replay.predict(given),
        predictValues: (given) => replay.predictValues(given),
        dispose: () => replay.dispose(),
      };
    },
  };
}
