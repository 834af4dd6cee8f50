// What listens to a device and to its tensors while a model is captured (src/engines/cpu/capture). This is the one hook:
// kernels know nothing of it, and what a kernel does without it is seen as well, because values cannot be reached
// without a view.

import type { BackendValues, DataId, DataType } from '@tensorflow/tfjs-core';
import type { Work } from '../../../../kernels/wasm/device.js';
import type { Entry } from './entry.js';

/** A tensor's data as a recording sees them. */
export interface RecordedData {
  readonly dtype: DataType;
  /** 0: the values are an array of JavaScript. */
  readonly address: number;
  /** Called when the values change or are released. */
  watchers?: Set<() => void>;
}

/** A call of a kernel under a name of TensorFlow.js. */
export interface KernelCall {
  readonly kernelName: string;
  readonly inputs: object;
  readonly attrs: unknown;
  /** Calls the same kernel with other inputs. */
  readonly call: (inputs: object) => unknown;
}

export interface Recording {
  /** Runs a kernel. */
  kernel<T>(call: KernelCall, run: () => T): T;
  /** Whether a tensor depends on the inputs of the model. */
  isDynamic(dataId: DataId): boolean;
  /** Runs work, within a kernel, that no replay repeats. */
  aside(work: () => void): void;
  /** Takes memory for a tensor or for scratch. */
  alloc(bytes: number): number;
  /** Whether the block was the recording's. */
  free(address: number): boolean;
  /** Called before a launch, whose arguments are in the argument block, and after it. */
  launch(entry: Entry, work: Work): void;
  launched(): void;
  /** JavaScript gets a view of memory: from this address on, or of all of it. */
  view(address?: number): void;
  /** Data come into being: in the heap (without values), from a kernel's array, or from an array that the app gives. */
  make(data: RecordedData, by: 'device' | 'kernel' | 'app', values?: BackendValues): void;
  /** JavaScript reads values. */
  read(data: RecordedData): void;
  /** Data are gone. Returns whether the recording keeps their memory. */
  release(data: RecordedData): boolean;
  /** A kernel is about to write into data that exist. */
  overwrite(data: RecordedData): void;
}
