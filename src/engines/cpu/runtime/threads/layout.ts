// The words of 32 bits through which the caller and the workers communicate, in the bytes that the heap reserves at its
// start. Words that different threads write often have cache lines (16 words) of their own.

import { maxThreads } from '../../../../../kernels/threads.js';

export const words = {
  /** Odd while a job is open. It changes with everything that a worker has to look at, so workers sleep on it. */
  job: 0,
  /** The first item that no thread has taken. */
  next: 16,
  /** Number of workers that work on a job, or check whether they still may. */
  joined: 32,
  /** The open job: the program's number, its number of items, and how many to take at a time. */
  program: 48,
  items: 49,
  chunk: 50,
  /** 1 if a program has trapped in a worker. */
  trapped: 51,
  /** Number of messages posted to every worker so far. */
  mail: 52,
  /** One for each thread: the id of the worker that is wanted there, 0 for none. */
  slots: 64,
} as const;

/** Number of words, before the argument block. */
const wordCount: number = words.slots + maxThreads;

/** A job has at most this many chunks for each thread. */
export const chunksPerThread = 6;

/**
 * Each thread has a cache line that only it writes: the job that it works on, and a bit for each chunk that it has
 * finished. If a worker dies, the lines tell which chunks are missing.
 */
export const lines = { job: 0, bits: 1, bitWords: (chunksPerThread * maxThreads) / 32, words: 16 } as const;

/** Addresses in the heap's reserved bytes: the argument block of the present launch, zeros, the lines, and the end. */
export const addresses = {
  args: 4 * wordCount,
  zeros: 1024,
  lines: 4096,
  end: 4096 + 4 * lines.words * maxThreads,
} as const;

/** The most arguments that fit into the block. */
export const maxArguments: number = (addresses.zeros - addresses.args) / 4;
