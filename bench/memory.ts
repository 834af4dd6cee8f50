// Whether a model leaves memory as it found it: tensors, bytes and every size of the heap that the backend reports, after the
// second prediction (which has filled all caches) and after the last.

import * as tf from '@tensorflow/tfjs';
import type { Task } from './measure.js';

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
  readonly afterSecond: MemoryFields;
  readonly afterLast: MemoryFields;
  /** The largest size seen of any field of the heap; none where the backend has no heap of its own. */
  readonly peakHeapBytes?: number;
}

/** The numbers of tf.memory() that a leak would change. */
export type MemoryFields = Readonly<Record<string, number>>;

export async function watchMemory({ predictions, ms }: MemoryRequest, task: Task): Promise<MemoryReport> {
  const start = performance.now();
  await task.run();
  await task.run();
  const afterSecond = memoryFields();
  let peak = heapOf(afterSecond);
  let done = 2;
  while (done < predictions && performance.now() - start < ms) {
    await task.run();
    done++;
    peak = Math.max(peak, heapOf(memoryFields()));
  }
  const afterLast = memoryFields();
  const isUnchanged = Object.entries(afterSecond).every(([name, value]) => afterLast[name] === value || isMark(name));
  const heap = peak > 0 ? { peakHeapBytes: peak } : {};
  return { predictions: done, isUnchanged, afterSecond, afterLast, ...heap };
}

const isHeap = (name: string) => /heap/i.test(name);
const isMark = (name: string) => /peak/i.test(name); // a high-water mark may still rise when blocks lie differently

function memoryFields(): MemoryFields {
  const isWatched = (name: string) => name === 'numTensors' || name === 'numBytes' || isHeap(name);
  const fields: Record<string, number> = {};
  for (const [name, value] of Object.entries<unknown>({ ...tf.memory() })) {
    if (isWatched(name) && typeof value === 'number') fields[name] = value;
  }
  return fields;
}

function heapOf(fields: MemoryFields): number {
  const sizes = Object.entries(fields).filter(([name]) => isHeap(name));
  return sizes.reduce((largest, [, size]) => Math.max(largest, size), 0);
}
