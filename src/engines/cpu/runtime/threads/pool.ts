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

import { addresses, wordCount, words } from './layout.js';
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

/** Enough for threads of different speed to end together, few enough for taking them to cost nothing. */
const chunksPerThread = 6;
/** How long the caller spins for the last worker before it sleeps, where it may sleep. */
const spinMs = 0.05;

export class ThreadPool {
  private readonly words: Int32Array;
  private readonly workers: WorkerHandle[] = [];
  private readonly programs: Loaded[] = [];
  private lastId = 0;
  private failed = false;

  constructor(
    private readonly memory: WebAssembly.Memory,
    private readonly start: StartWorker = startWorker,
  ) {
    this.words = new Int32Array(memory.buffer, 0, wordCount);
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
   * @param wakes How many sleeping workers to wake. Workers that are awake come anyway.
   */
  run({ number, name }: Loaded, kernel: Kernel, items: number, wakes: number): boolean {
    if (this.workers.length === 0) return false;
    const w = this.words;
    const chunk = Math.ceil(items / (chunksPerThread * this.threads));
    w[words.program] = number;
    w[words.items] = items;
    w[words.chunk] = chunk;
    w[words.next] = 0;
    this.wake(1, Math.min(wakes, Math.ceil(items / chunk) - 1));
    try {
      for (let from = this.take(chunk); from < items; from = this.take(chunk)) {
        kernel(addresses.args, from, Math.min(from + chunk, items), 0);
      }
    } finally {
      Atomics.add(w, words.job, 1);
      this.waitForWorkers();
    }
    if (Atomics.exchange(w, words.trapped, 0) !== 0) throw new Error(`${name}: the program failed in a worker`);
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

  private wake(step: 1 | 2, count = Number.POSITIVE_INFINITY): void {
    Atomics.add(this.words, words.job, step);
    if (count > 0) Atomics.notify(this.words, words.job, count);
  }

  private add(): void {
    const thread = this.threads;
    const id = ++this.lastId;
    const worker = this.start(workerSource, (reason) => this.fail(reason));
    this.workers.push(worker);
    this.words[words.slots + thread] = id;
    const received = Atomics.load(this.words, words.mail);
    worker.post({ memory: this.memory, thread, id, received, programs: this.programs });
  }

  private waitForWorkers(): void {
    const w = this.words;
    if (Atomics.load(w, words.joined) === 0) return;
    const end = performance.now() + spinMs;
    for (;;) {
      const joined = Atomics.load(w, words.joined);
      if (joined === 0) return;
      if (performance.now() > end && detectSleep()) Atomics.wait(w, words.joined, joined);
    }
  }

  /** Ends all workers, since the reason is the same for each. */
  private fail(reason: string): void {
    if (this.failed) return;
    this.close();
    console.warn(`convnet: worker threads cannot be used here (${reason}); the CPU backend computes with one thread`);
  }
}

let sleeps: boolean | undefined;

/** Tests whether this thread may sleep. A page's main thread may not, and throws before it compares the value. */
function detectSleep(): boolean {
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
