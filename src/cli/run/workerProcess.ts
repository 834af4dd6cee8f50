// One of the processes of `convnet run --jobs`, as its parent sees it.

import { type ChildProcess, fork } from 'node:child_process';
import { CliError, type ExitReason, exitCodes } from '../shared/exitCodes.js';
import type { RunOptions } from './options.js';
import type { LineReport } from './report.js';
import type { Answer, Task } from './worker.js';

interface Listener {
  onReady(): void;
  onLine(index: number, line: LineReport): void;
  onExit(error: CliError): void;
}

export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #queue: Task[] = [];
  /** The places of the pictures that it has. */
  readonly tasks = new Set<number>();
  isReady = false;
  #failure: CliError | undefined;
  #isStopped = false;

  constructor(file: string, options: RunOptions, listener: Listener) {
    this.#child = fork(process.argv[1], ['run', file, ...argumentsOf(options), '--worker'], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child.on('message', (answer: Answer) => {
      if (answer.kind === 'ready') {
        this.isReady = true;
        for (const task of this.#queue.splice(0)) this.send(task);
        listener.onReady();
      } else if (answer.kind === 'failed') {
        this.#failure = new CliError(reasonOf(answer.exitCode), answer.message);
      } else if (this.tasks.delete(answer.index)) {
        listener.onLine(answer.index, answer.line);
      }
    });
    this.#child.on('error', (error) => {
      this.#failure ??= new CliError('computation', `a process cannot start: ${error.message}`, error);
    });
    this.#child.on('exit', (code, signal) => {
      if (this.#isStopped) return;
      const how = signal ? `by ${signal}` : `with code ${code}`;
      listener.onExit(this.#failure ?? new CliError('computation', `the process that computed it ended ${how}`));
    });
  }

  send(task: Task): void {
    this.tasks.add(task.index);
    this.#child.send(task);
  }

  sendWhenReady(task: Task): void {
    if (this.isReady) this.send(task);
    else {
      this.tasks.add(task.index);
      this.#queue.push(task);
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#child.kill();
  }
}

/** What the process needs to know, as arguments. */
function argumentsOf({ backend, top, labels, size, scale, preprocess }: RunOptions): string[] {
  const given = { backend, top, labels, size: size?.join('x'), scale, preprocess };
  const texts = Object.entries(given).filter(([, value]) => value !== undefined);
  return ['--input=-', ...texts.map(([name, value]) => `--${name}=${value}`)];
}

function reasonOf(exitCode: number): ExitReason {
  const found = Object.entries(exitCodes).find(([, code]) => code === exitCode);
  return (found?.[0] ?? 'computation') as ExitReason;
}
