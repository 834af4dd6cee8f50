// The chunks of a job that are finished, in memory that all threads share: one cache line for each thread (layout.ts).
// A worker that dies in the middle of a chunk leaves that chunk's bit unset.

import { addresses, lines } from './layout.js';

export class ChunkLines {
  private readonly words: Int32Array;

  constructor(memory: WebAssembly.Memory) {
    this.words = new Int32Array(memory.buffer, addresses.lines, (addresses.end - addresses.lines) / 4);
  }

  /** Begins the caller's own line. Each worker begins its own. */
  begin(job: number): void {
    this.words.fill(0, lines.bits, lines.bits + lines.bitWords);
    this.words[lines.job] = job;
  }

  /** Notes a chunk that the caller has finished. */
  finish(chunk: number): void {
    this.words[lines.bits + (chunk >> 5)] |= 1 << (chunk & 31);
  }

  /** A number that changes with every chunk that a thread begins a job with, or finishes. */
  progress(threads: number): number {
    let sum = 0;
    for (let i = 0; i < threads * lines.words; i++) sum = (Math.imul(sum, 31) + Atomics.load(this.words, i)) | 0;
    return sum;
  }

  /** The chunks of a job that no thread has finished. */
  missing(job: number, chunks: number, threads: number): number[] {
    const own = Array.from({ length: threads }, (_, thread) => thread * lines.words).filter(
      (line) => Atomics.load(this.words, line + lines.job) === job,
    );
    const isFinished = (chunk: number) =>
      own.some((line) => (Atomics.load(this.words, line + lines.bits + (chunk >> 5)) >> (chunk & 31)) & 1);
    return Array.from({ length: chunks }, (_, chunk) => chunk).filter((chunk) => !isFinished(chunk));
  }
}
