// `convnet run` with many pictures: a process for each core, results in the order of the pictures.
//
//   list -> tasks, a few ahead for each process -> answers in any order -> lines in the order of the list

import { availableParallelism } from 'node:os';
import type { CommandContext } from '../shared/commandContext.js';
import { CliError } from '../shared/exitCodes.js';
import { withBar } from '../shared/progressBar.js';
import type { RunOptions } from './options.js';
import type { LineReport } from './report.js';
import { openResults, type Results } from './results.js';
import { WorkerProcess } from './workerProcess.js';

/** Tasks that a process has at a time: one that it computes, and one that waits for it. */
const TASKS_EACH = 2;
/** Answers that may wait for an earlier one, for each process. */
const AHEAD_EACH = 64;

export async function runMany(
  file: string,
  pictures: readonly string[],
  options: RunOptions,
  context: CommandContext,
): Promise<void> {
  const results = openResults(pictures, options);
  try {
    const failed = await withBar('pictures', (progress) => {
      return new Bulk(file, pictures, { options, context, results, progress }).run();
    });
    if (failed > 0) throw new CliError('file', `${failed} of ${pictures.length} pictures failed; their lines say why`);
  } finally {
    results.close();
  }
}

interface Surroundings {
  readonly options: RunOptions;
  readonly context: CommandContext;
  readonly results: Results;
  progress(fraction: number): void;
}

class Bulk {
  readonly #waiting = new Map<number, LineReport>();
  readonly #workers = new Set<WorkerProcess>();
  readonly #jobs: number;
  /** The next picture to hand out, and the next line to write. */
  #next: number;
  #line: number;
  #failed = 0;
  #end: { resolve(): void; reject(error: unknown): void } | undefined;

  constructor(
    private readonly file: string,
    private readonly pictures: readonly string[],
    private readonly by: Surroundings,
  ) {
    this.#next = by.results.done;
    this.#line = by.results.done;
    const left = pictures.length - by.results.done;
    this.#jobs = Math.min(by.options.jobs ?? availableParallelism(), left);
  }

  /** @returns How many pictures of this run failed. */
  async run(): Promise<number> {
    const { signal } = this.by.context;
    const stop = () => this.#end?.reject(signal.reason);
    try {
      await new Promise<void>((resolve, reject) => {
        this.#end = { resolve, reject };
        signal.addEventListener('abort', stop);
        if (signal.aborted) stop();
        for (let i = 0; i < this.#jobs; i++) this.#start();
        if (this.#jobs === 0) resolve();
      });
    } finally {
      signal.removeEventListener('abort', stop);
      for (const worker of this.#workers) worker.stop();
    }
    return this.#failed;
  }

  #start(): void {
    const worker = new WorkerProcess(this.file, this.by.options, {
      onReady: () => this.#fill(worker),
      onLine: (index, line) => {
        this.#take(index, line);
        for (const other of this.#workers) this.#fill(other);
      },
      onExit: (error) => this.#onExit(worker, error),
    });
    this.#workers.add(worker);
  }

  #fill(worker: WorkerProcess): void {
    const most = this.#line + AHEAD_EACH * this.#jobs;
    while (worker.isReady && worker.tasks.size < TASKS_EACH && this.#next < Math.min(this.pictures.length, most)) {
      worker.send({ index: this.#next, path: this.pictures[this.#next] });
      this.#next++;
    }
  }

  #take(index: number, line: LineReport): void {
    this.#waiting.set(index, line);
    for (;;) {
      const next = this.#waiting.get(this.#line);
      if (!next) break;
      if (!this.#write(next)) return;
    }
    if (this.#line === this.pictures.length) this.#end?.resolve();
  }

  /** Whether to go on. */
  #write(line: LineReport): boolean {
    const { options, context, results, progress } = this.by;
    this.#waiting.delete(this.#line);
    if (line.error !== undefined && !options.keepGoing) {
      this.#end?.reject(new CliError('file', `${line.error} (--keep-going goes on after such pictures)`));
      return false;
    }
    try {
      results.write(line);
    } catch (error) {
      this.#end?.reject(error);
      return false;
    }
    this.#line++;
    if (line.error !== undefined) this.#failed++;
    for (const { name, nonFinite } of line.outputs ?? []) {
      if (nonFinite > 0)
        context.warn(`${line.input}: output '${name}' has ${nonFinite} values that are NaN or infinite`);
    }
    progress(this.#line / this.pictures.length);
    return true;
  }

  /** A process that could not start ends the run; one that died under a picture has failed with it. */
  #onExit(worker: WorkerProcess, error: CliError): void {
    this.#workers.delete(worker);
    if (!worker.isReady) {
      this.#end?.reject(error);
      return;
    }
    const [first, ...others] = [...worker.tasks].sort((a, b) => a - b);
    if (first === undefined) {
      this.#end?.reject(error);
      return;
    }
    this.#start();
    const again = [...this.#workers].at(-1) as WorkerProcess;
    for (const index of others) again.sendWhenReady({ index, path: this.pictures[index] });
    this.#take(first, { input: this.pictures[first], error: `${this.pictures[first]}: ${error.message}` });
  }
}
