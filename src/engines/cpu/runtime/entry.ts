// A program that a device has compiled.

import type { Kernel, Loaded } from './threads/pool.js';

export interface Entry {
  readonly name: string;
  readonly kernel: Kernel;
  readonly module: WebAssembly.Module;
  /** The words of its argument block, and which of them are floats. */
  readonly names: readonly string[];
  readonly isFloat: readonly boolean[];
  /** The program in the workers; undefined before its first launch on several threads. */
  loaded?: Loaded;
  /** Milliseconds of work until the program counts as optimized. */
  youngFor: number;
}
