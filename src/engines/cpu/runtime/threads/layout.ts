// Where the caller and the workers meet: words of 32 bits in the bytes that the heap reserves at its start. What is
// written often by different threads stands in cache lines (16 words) of its own.

import { maxThreads } from '../../../../../kernels/threads.js';

export const words = {
  /** Odd: a job is open. Changes with everything that a worker has to look at, so it is also what workers sleep on. */
  job: 0,
  /** First item that nobody has taken yet. */
  next: 16,
  /** Workers inside of a job, or just looking whether they still may. */
  joined: 32,
  /** The open job: the program's number, its items, how many to take at a time. */
  program: 48,
  items: 49,
  chunk: 50,
  /** 1: a program has trapped in a worker. */
  trapped: 51,
  /** Messages posted so far to every worker. */
  mail: 52,
  /** One for each thread: the worker that is wanted there, 0 for none. */
  slots: 64,
} as const;

/** Words before the arguments of the present launch. */
export const wordCount: number = words.slots + maxThreads;

/** Bytes in the heap's reserved area. */
export const addresses = { args: 4 * wordCount, zeros: 1024, end: 4096 } as const;

/** Arguments that fit in the block. */
export const maxArguments: number = (addresses.zeros - addresses.args) / 4;
