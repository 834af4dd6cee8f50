// Whether a model leaves memory as it found it: tensors, bytes and every size of the heap that the backend reports,
// after the third prediction (caches are full then) and after the last.

import * as tf from '@tensorflow/tfjs';
import type { Task } from './turns.js';

export interface MemoryRequest {
  readonly model: string;
  readonly backend: string;
  readonly predictions: number;
  /** No prediction begins after this. */
  readonly ms: number;
}

export interface MemoryReport {
  /** How many were made in the time. */
  readonly predictions: number;
  readonly isUnchanged: boolean;
  /** The numbers of tf.memory() that a leak would change. */
  readonly afterThird: MemoryFields;
  readonly afterLast: MemoryFields;
  /** The largest size seen of any field of the heap; none where the backend has no heap of its own. */
  readonly peakHeapBytes?: number;
}

type MemoryFields = Readonly<Record<string, number>>;

export async function watchMemory({ predictions, ms }: MemoryRequest, task: Task): Promise<MemoryReport> {
  const start = performance.now();
  for (let i = 0; i < 3; i++) await task.run();
  const afterThird = memoryFields();
  let [done, afterLast, peak] = [3, afterThird, largestHeap(afterThird)];
  for (; done < predictions && performance.now() - start < ms; done++) {
    await task.run();
    afterLast = memoryFields();
    peak = Math.max(peak, largestHeap(afterLast));
  }
  // a high-water mark may still rise when the allocator's blocks lie differently
  const isUnchanged = Object.keys(afterThird).every((key) => afterLast[key] === afterThird[key] || /peak/i.test(key));
  return { predictions: done, isUnchanged, afterThird, afterLast, ...(peak > 0 && { peakHeapBytes: peak }) };
}

function memoryFields(): MemoryFields {
  const fields = Object.entries<unknown>({ ...tf.memory() });
  const isWatched = (field: [string, unknown]): field is [string, number] =>
    /^numTensors$|^numBytes$|heap/i.test(field[0]) && typeof field[1] === 'number';
  return Object.fromEntries(fields.filter(isWatched));
}

function largestHeap(fields: MemoryFields): number {
  return Math.max(0, ...Object.keys(fields).map((key) => (/heap/i.test(key) ? fields[key] : 0)));
}
