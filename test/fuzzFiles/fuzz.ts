// Runs broken files in processes of their own, and ends a process that takes too long or too much memory. Time is that of
// the processor. A case that is too slow or too large there runs once more in a fresh process, where nothing else has
// filled the memory.

import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CaseReport, Outcome } from './runCase.js';

export interface FuzzOptions {
  /** The seed of the first case; the others follow. */
  readonly seed: number;
  readonly cases: number;
  /** Stops after this time, but not before `least` cases. Default: none. */
  readonly seconds?: number;
  /** Default: 0. */
  readonly least?: number;
  readonly onCase?: (report: CaseReport) => void;
}

export interface FuzzResult {
  readonly cases: number;
  /** How many entry points accepted the file, and refused it. */
  readonly accepted: number;
  readonly refused: number;
  readonly faults: readonly Fault[];
  readonly slowestMs: number;
  readonly largestMB: number;
}

export interface Fault {
  readonly seed: number;
  readonly title: string;
  readonly entry: string;
  readonly fault: string;
}

export const MOST_MB = 600;
const KILL_MB = 1500;
const KILL_CPU_MS = 20_000;
const KILL_MS = 180_000; // of the clock, on a machine that others use too
const CASES_PER_PROCESS = 150;

export async function fuzz({ seed: first, cases, seconds, least = 0, onCase }: FuzzOptions): Promise<FuzzResult> {
  const until = Date.now() + (seconds ?? Number.POSITIVE_INFINITY) * 1000;
  const tally = { cases: 0, accepted: 0, refused: 0, slowestMs: 0, largestMB: 0 };
  const faults: Fault[] = [];
  let child: Child | undefined;
  for (let seed = first; seed < first + cases && (seed < first + least || Date.now() < until); seed++) {
    child ??= await Child.start();
    let report = await child.run(seed);
    if (needsAnotherLook(report) || child.count >= CASES_PER_PROCESS || child.isDead) {
      child.stop();
      child = undefined;
    }
    if (needsAnotherLook(report)) {
      const fresh = await Child.start();
      report = await fresh.run(seed);
      fresh.stop();
    }
    onCase?.(report);
    tally.cases++;
    tally.largestMB = Math.max(tally.largestMB, report.residentMB);
    for (const outcome of report.outcomes) {
      if (outcome.result !== 'fault') tally[outcome.result]++;
      tally.slowestMs = Math.max(tally.slowestMs, outcome.cpuMs);
    }
    faults.push(...faultsOf(report));
  }
  child?.stop();
  return { ...tally, faults };
}

function needsAnotherLook({ outcomes, residentMB }: CaseReport): boolean {
  return residentMB > MOST_MB || outcomes.some(({ fault }) => fault !== undefined);
}

function faultsOf({ seed, title, outcomes, residentMB }: CaseReport): Fault[] {
  const found = outcomes.flatMap(({ entry, fault }) => (fault ? [{ seed, title, entry, fault }] : []));
  return residentMB > MOST_MB
    ? [...found, { seed, title, entry: 'all', fault: `${Math.round(residentMB)} MB` }]
    : found;
}

type Message = { ready: true } | { entry: string } | { report: CaseReport } | { broken: string };

class Child {
  count = 0;
  isDead = false;

  private constructor(readonly process: ChildProcess) {
    process.once('exit', () => {
      this.isDead = true;
    });
  }

  static async start(): Promise<Child> {
    const path = fileURLToPath(new URL('./child.ts', import.meta.url));
    const started = fork(path, {
      execArgv: ['--expose-gc', '--import', 'tsx/esm'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const child = new Child(started);
    await new Promise<void>((resolve, reject) => {
      started.once('message', () => resolve());
      started.once('exit', (code) =>
        reject(new Error(`fuzz: the process ended before it was ready; received ${code}`)),
      );
    });
    return child;
  }

  stop(): void {
    if (!this.isDead) this.process.kill('SIGKILL');
  }

  /** The report of a case. One that does not end, or takes the process with it, is a fault. */
  run(seed: number): Promise<CaseReport> {
    this.count++;
    const { process: child } = this;
    return new Promise((resolve) => {
      let entry = 'the mutator';
      const start = Date.now();
      const cpuBefore = cpuTimeMs(child.pid);
      const finish = (report: CaseReport) => {
        clearInterval(timer);
        child.removeAllListeners('message');
        child.removeListener('exit', onExit);
        resolve(report);
      };
      const fail = (fault: string) => {
        const outcome: Outcome = { entry, result: 'fault', fault, cpuMs: 0 };
        finish({ seed, title: '', outcomes: [outcome], residentMB: 0 });
      };
      const onExit = (code: number | null, signal: string | null) => fail(`the process ended: ${code ?? signal}`);
      const timer = setInterval(() => {
        const cpuMs = cpuTimeMs(child.pid) - cpuBefore;
        const isLate = cpuMs > KILL_CPU_MS || Date.now() - start > KILL_MS;
        const megabytes = residentMB(child.pid);
        if (!isLate && megabytes < KILL_MB) return;
        this.stop();
        this.isDead = true;
        fail(isLate ? `no end after ${cpuMs} ms of the processor's time` : `${Math.round(megabytes)} MB`);
      }, 250);
      child.on('message', (message: Message) => {
        if ('entry' in message) entry = message.entry;
        else if ('report' in message) finish(message.report);
        else if ('broken' in message) fail(message.broken);
      });
      child.once('exit', onExit);
      child.send(seed);
    });
  }
}

/** The resident memory of a process, where the system tells it. */
function residentMB(pid: number | undefined): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) / 256;
  } catch {
    return 0;
  }
}

/** The time that the processor has given to a process, where the system tells it. */
function cpuTimeMs(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return 0;
  }
}
