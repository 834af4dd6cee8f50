// The machine that kernels run on: memory, and a way to launch programs. It is src/engines/cpu/runtime/device.ts.

import type { ArgTypes, ArgValues, Features, Program } from './emit/index.js';

export interface Work {
  /** Number of independent parts of the work. A program is called with ranges of them. */
  readonly items: number;
  /** Floating-point operations, or values touched, of all items together. Little work is not worth a second thread. */
  readonly cost: number;
  /** Whether an item changes values that it reads, so that it gives something else if it runs twice. Default: no. */
  readonly isInPlace?: boolean;
}

export interface Kept {
  readonly address: number;
}

export interface Device {
  readonly features: Features;
  /** Number of threads, including the calling one. */
  readonly threads: number;
  /** Address of 3072 bytes of zeros, for an absent operand. */
  readonly zeros: number;
  /**
   * The address, a multiple of 64, of at least `bytes` bytes that are not zeroed. 64 bytes after them may be read.
   */
  alloc(bytes: number): number;
  /** The same for memory that is kept from call to call. Its address may change between two calls. */
  keep(bytes: number): Kept;
  free(address: number): void;
  /** A view is valid until the next alloc, which may move the memory. */
  floats(address: number, length: number): Float32Array;
  ints(address: number, length: number): Int32Array;
  /** Runs all items of a program and returns when they are done. */
  launch<A extends ArgTypes>(program: Program<A>, args: ArgValues<A>, work: Work): void;
}
