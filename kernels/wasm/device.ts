// What a kernel needs of the machine it runs on: memory, and a way to launch programs. src/cpu has the real one.

import type { ArgTypes, ArgValues, Features, Program } from './emit/index.js';

export interface Work {
  /** Independent parts of the work; a program is called with ranges of them. */
  readonly items: number;
  /** Floating-point operations, or values touched, all items together: what is small is not worth a second thread. */
  readonly cost: number;
}

export interface Device {
  readonly features: Features;
  /** Threads that work together, the calling one included. */
  readonly threads: number;
  /** Address of 3072 bytes of zeros, for an operand that is not there. */
  readonly zeros: number;
  /**
   * Address of at least `bytes` bytes, a multiple of 64, followed by 64 bytes that may be read. Not zeroed.
   *
   * @param lifetime Default short; long for what is kept from call to call.
   */
  alloc(bytes: number, lifetime?: 'short' | 'long'): number;
  free(address: number): void;
  /** Views end their life at the next alloc, which may move the memory. */
  floats(address: number, length: number): Float32Array;
  ints(address: number, length: number): Int32Array;
  /** Runs all items of a program to the end. */
  launch<A extends ArgTypes>(program: Program<A>, args: ArgValues<A>, work: Work): void;
}
