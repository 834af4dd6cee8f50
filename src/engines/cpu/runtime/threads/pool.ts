// The threads of one device: the calling one and workers that share its memory.
//
// A job is open while words.job is odd. The caller writes the arguments and the job's size, opens the job, takes chunks of
// items like everybody else until none is left, closes the job, and waits until `joined` is 0. A worker that sees an open
// job adds 1 to `joined`, looks whether the job is still the one that it saw, takes chunks, and subtracts 1 again.
//
// Why nobody runs with another job's arguments, whatever the timing: all of these are atomic, so they have one order. Let
// the caller read joined == 0 after it has closed job j. A worker that adds to `joined` before that read is waited for. One
// that adds after it looks at words.job later still, finds it changed, and leaves. So behind the wait nobody is inside, and
// the words and arguments may be written anew. A worker that sleeps, or has yet to start, is never waited for. (The number
// comes back after 2^31 jobs; a worker would have to stand between its two looks for all of them.)
//
// Why nobody oversleeps: a worker sleeps on words.job with the value it read before it looked for work, mail and its slot;
// whoever changes one of these changes words.job afterwards and wakes those he wants. Mail (programs to load) and slots only change
// while no job is open, by 2, so that the number stays even. A slot holds the one worker that may use that thread number: a
// former one, told to go and yet to notice, finds itself replaced when it has joined, and leaves.

import { addresses, wordCount, words } from './layout.js';
import { type StartWorker, startWorker, type WorkerHandle } from './startWorker.js';
import { workerSource } from './workerSource.js';

/** Arguments' address, first item, behind the last item, thread. */
export type Kernel = (block: number, from: number, to: number, thread: number) => void;

/** What a worker needs to know of a program. */
export interface Loaded {
  /** Place in the workers' tables. */
  readonly number: number;
  readonly name: string;
  readonly module: WebAssembly.Module;
}

/** Enough that threads of different speed end together, few enough that taking them costs nothing. */
const chunksPerThread = 6;
/** How long the caller looks out for the last worker before it sleeps, where it may. */
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

  /** Threads there are, the caller included. They may be still on their way. */
  get threads(): number {
    return this.workers.length + 1;
  }

  get hasFailed(): boolean {
    return this.failed;
  }

  /** Starts workers, or lets some go, for so many threads; gives how many there are: 1 after a failure. */
  resize(threads: number): number {
    if (this.failed || threads === this.threads) return this.threads;
    while (this.threads > threads) {
      this.words[words.slots + this.workers.length] = 0;
      this.workers.pop(); // ends by itself: it may be counted in `joined` at the moment
    }
    try {
      while (this.threads < threads) this.add();
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error));
    }
    this.wake(2);
    return this.threads;
  }

  /** Makes a program known to all workers. Those who are late for its first launch miss only that. */
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
   * Runs all items; the arguments are in their block. False, and nothing done, where there are no workers.
   *
   * @param wakes How many sleeping workers to wake; those that are awake come anyway.
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

  /** All or none: the reason is the same for each. */
  private fail(reason: string): void {
    if (this.failed) return;
    this.close();
    console.warn(`convnet: worker threads cannot be used here (${reason}); the CPU backend computes with one thread`);
  }
}

let sleeps: boolean | undefined;

/** A page's main thread must not; it says so before it looks at the value. */
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
