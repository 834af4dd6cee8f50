// The threads of one device: the calling one and workers that share its memory.
//
// A job is open while words.job is odd. The caller writes the arguments and the job's size and opens the job. It takes
// chunks of items, as every worker does, until none is left. Then it closes the job and waits until `joined` is 0. A
// worker that sees an open job adds 1 to `joined`, checks that the job is still the one that it saw, takes chunks, and
// subtracts 1 again.
//
// Why no worker runs with another job's arguments: all of these operations are atomic, so they have one order. Let the
// caller read joined == 0 after it has closed job j. The caller waits for a worker that adds to `joined` before that
// read. A worker that adds after it reads words.job later still, finds it changed, and leaves. So after the wait no
// worker is inside a job, and the words and arguments may be written. The caller never waits for a worker that sleeps
// or has not started. (A job's number comes back after 2^31 jobs: a worker would have to pause between its two reads
// for all of them.)
//
// Why no worker oversleeps: a worker sleeps on words.job with the value that it read before it looked for work, mail
// and its slot. A change of any of these is followed by a change of words.job and a notification. Mail (programs to
// load) and slots change only while no job is open, and then words.job changes by 2, so that it stays even. A slot
// holds the id of the one worker that may use that thread number. A former worker that has been told to end, but has
// not noticed, sees another id after it has joined, and leaves.
//
// Why a worker that dies hangs nobody: `joined` stays above 0 then, and no event tells of it while the caller waits. So
// the caller stops waiting once no thread has finished a chunk for seconds, ends all workers, and runs the chunks
// itself whose bits are not set (chunkLines.ts). Chunks that change values in place cannot run again: that is an error.
// Time counts only while the caller itself is awake, so a suspended machine loses no worker.

import { ChunkLines } from './chunkLines.js';
import { addresses, chunksPerThread, words } from './layout.js';
import { type StartWorker, startWorker, type WorkerHandle } from './startWorker.js';
import { workerSource } from './workerSource.js';

/** Address of the argument block, first item, one more than the last item, thread. */
export type Kernel = (args: number, from: number, to: number, thread: number) => void;

/** A program as the workers get it. */
export interface Loaded {
  /** Index in the workers' tables. */
  readonly number: number;
  readonly name: string;
  readonly module: WebAssembly.Module;
}

/** A launch of a program. */
export interface Launch {
  readonly items: number;
  /** How many sleeping workers to wake. Workers that are awake come anyway. */
  readonly wakes: number;
  /** Milliseconds without progress after which the workers count as dead. */
  readonly patienceMs: number;
  /** Whether items change values that they read, so that none may run twice. */
  readonly isInPlace: boolean;
}

/** How long the caller spins for the last worker before it sleeps, where it may sleep. */
const spinMs = 0.05;
/** The caller looks for progress about this often. A longer sleep counts as this long. */
const sliceMs = 100;

export class ThreadPool {
  private readonly words: Int32Array;
  private readonly lines: ChunkLines;
  private readonly workers: WorkerHandle[] = [];
  private readonly programs: Loaded[] = [];
  private lastId = 0;
  private failed = false;

  constructor(
    private readonly memory: WebAssembly.Memory,
    private readonly start: StartWorker = startWorker,
  ) {
    this.words = new Int32Array(memory.buffer, 0, addresses.args / 4);
    this.lines = new ChunkLines(memory);
  }

  /** Number of threads, including the caller. Some may not have started yet. */
  get threads(): number {
    return this.workers.length + 1;
  }

  get hasFailed(): boolean {
    return this.failed;
  }

  /** Starts or ends workers until there are so many threads. Returns the number of threads: 1 after a failure. */
  resize(threads: number): number {
    if (this.failed || threads === this.threads) return this.threads;
    while (this.threads > threads) {
      this.words[words.slots + this.workers.length] = 0;
      this.workers.pop(); // it ends by itself, since it may be counted in `joined` now
    }
    try {
      while (this.threads < threads) this.add();
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error));
    }
    this.wake(2);
    return this.threads;
  }

  /** Sends a program to all workers. A worker that is late for its first launch misses only that. */
  load(name: string, module: WebAssembly.Module): Loaded {
    const program = { number: this.programs.length, name, module };
    this.programs.push(program);
    try {
      for (const worker of this.workers) worker.post(program);
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error));
    }
    Atomics.add(this.words, words.mail, 1);
    this.wake(2);
    return program;
  }

  /**
   * Runs all items with the arguments in the argument block. Returns false, and runs none, without workers.
   *
   * @throws If the program traps, or if a worker dies while it changes values in place.
   */
  run({ number, name }: Loaded, kernel: Kernel, { items, wakes, patienceMs, isInPlace }: Launch): boolean {
    if (this.workers.length === 0) return false;
    const w = this.words;
    const { threads } = this;
    const chunk = Math.ceil(items / (chunksPerThread * threads));
    const chunks = Math.ceil(items / chunk);
    w[words.program] = number;
    w[words.items] = items;
    w[words.chunk] = chunk;
    w[words.next] = 0;
    const job = this.wake(1, Math.min(wakes, chunks - 1));
    this.lines.begin(job);
    let isLost = false;
    try {
      for (let from = this.take(chunk); from < items; from = this.take(chunk)) {
        kernel(addresses.args, from, Math.min(from + chunk, items), 0);
        this.lines.finish(from / chunk);
      }
    } finally {
      Atomics.add(w, words.job, 1);
      isLost = !this.waitForWorkers(patienceMs);
      if (isLost) this.fail(`a worker stopped in the middle of ${name}`);
    }
    if (Atomics.exchange(w, words.trapped, 0) !== 0) throw new Error(`${name}: the program failed in a worker`);
    if (!isLost) return true;
    const missing = this.lines.missing(job, chunks, threads);
    if (isInPlace && missing.length > 0) {
      throw new Error(
        `${name}: a worker thread stopped while it changed values in place, which are lost; compute them again. ` +
          `One thread computes from now on; received chunks=${missing}`,
      );
    }
    for (const from of missing.map((number) => number * chunk)) {
      kernel(addresses.args, from, Math.min(from + chunk, items), 0);
    }
    return true;
  }

  /** Ends all workers at once. No job may follow. */
  close(): void {
    for (const worker of this.workers) worker.end();
    this.workers.length = 0;
    this.programs.length = 0;
    this.failed = true;
  }

  private take(chunk: number): number {
    return Atomics.add(this.words, words.next, chunk);
  }

  /** Returns the new value of words.job. */
  private wake(step: 1 | 2, count = Number.POSITIVE_INFINITY): number {
    const before = Atomics.add(this.words, words.job, step);
    if (count > 0) Atomics.notify(this.words, words.job, count);
    return (before + step) | 0;
  }

  private add(): void {
    const thread = this.threads;
    const id = ++this.lastId;
    const worker: WorkerHandle = this.start(workerSource, (reason) => {
      if (this.workers.includes(worker)) this.fail(reason);
    });
    this.workers.push(worker);
    this.words[words.slots + thread] = id;
    const received = Atomics.load(this.words, words.mail);
    worker.post({ memory: this.memory, thread, id, received, programs: this.programs });
  }

  /** Returns false if a worker has joined and does not go on. */
  private waitForWorkers(patienceMs: number): boolean {
    const w = this.words;
    if (Atomics.load(w, words.joined) === 0) return true;
    let now = performance.now();
    const spinEnd = now + spinMs;
    let progress = Number.NaN;
    let [quietMs, checkMs] = [0, sliceMs];
    for (;;) {
      const joined = Atomics.load(w, words.joined);
      if (joined === 0) return true;
      if (now > spinEnd && detectSleep()) Atomics.wait(w, words.joined, joined, sliceMs);
      const before = now;
      now = performance.now();
      quietMs += Math.min(now - before, sliceMs);
      if (quietMs < checkMs) continue;
      const present = this.lines.progress(this.threads) + joined;
      if (present !== progress) quietMs = 0;
      else if (quietMs > patienceMs) return false;
      progress = present;
      checkMs = quietMs + sliceMs;
    }
  }

  /** Ends all workers, since the reason is the same for each. */
  private fail(reason: string): void {
    if (this.failed) return;
    this.words.fill(0, words.slots); // a worker that goes on nevertheless finds itself unwanted
    this.close();
    console.warn(`convnet: worker threads cannot be used here (${reason}); the CPU backend computes with one thread`);
  }
}

let sleeps: boolean | undefined;

/** Tests whether this thread may sleep. A page's main thread may not, and throws before it compares the value. */
export function detectSleep(): boolean {
  if (sleeps === undefined) {
    try {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1);
      sleeps = true;
    } catch {
      sleeps = false;
    }
  }
  return sleeps;
}
