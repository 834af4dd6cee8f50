// What a run of a model does, as far as a replay depends on it: its kernels, and the memory that they take.

import type { BackendValues, TensorInfo } from '@tensorflow/tfjs-core';
import type { HeapData } from '../heapData.js';
import type { RecordedData } from '../runtime/recording.js';
import type { Lifetime } from './memoryPlan.js';

/**
 * How a kernel is replayed. `static`: not at all, since its results depend on no input of the model. `launches`: by its
 * launches. `javascript`: by calling it again, since it reads or makes values in JavaScript.
 */
export type FrameKind = 'static' | 'launches' | 'javascript';

/** Memory of the plan: a tensor that depends on the model's inputs, or scratch. */
export interface Block extends Lifetime {
  readonly index: number;
  address: number;
  to: number;
  /** Undefined for scratch. */
  data?: RecordedData;
  /** Whether a launch may have written here, so that JavaScript would read values that depend on the inputs. */
  isTouched: boolean;
}

/** A call of a kernel, with the calls that it makes itself. */
export interface Frame {
  readonly kernelName: string;
  kind: FrameKind;
  readonly firstEvent: number;
  readonly firstBlock: number;
  readonly created: Set<RecordedData>;
}

export interface Trace {
  /** In order: allocations and ends of scratch, kernels with their blocks and attributes, values of JavaScript. */
  readonly events: string[];
  readonly frames: Pick<Frame, 'kernelName' | 'kind'>[];
  readonly blocks: Block[];
  /** Values that the app has made during the call. */
  readonly written: BackendValues[];
}

/** The result of a kernel that JavaScript computes, and whether it is one of its inputs. */
export interface Result {
  readonly data: HeapData;
  readonly info: TensorInfo;
  readonly isNew: boolean;
}

/** A kernel's attributes as text, which differs where they do. */
export function attrsText(attrs: unknown): string {
  return JSON.stringify(attrs, (_, value: unknown) => {
    if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
    if (ArrayBuffer.isView(value)) return Array.from(value as Uint8Array);
    return typeof value === 'function' ? 'function' : value;
  });
}

export function areSameValues(a: BackendValues, b: BackendValues): boolean {
  const [left, right] = [a, b].map((values) => (values instanceof ArrayBuffer ? new Uint8Array(values) : values));
  if (left.length !== right.length) return false;
  for (let i = 0; i < left.length; i++) if (!isSame(left[i], right[i])) return false;
  return true;
}

/** Numbers, or the bytes of a string. */
function isSame(a: number | Uint8Array, b: number | Uint8Array): boolean {
  return typeof a === 'number' || typeof b === 'number' ? Object.is(a, b) : areSameValues(a, b);
}
