// Drivers have bugs, and a wrong number must not look like a right one. A kind of work (a convolution program, a kernel
// with the programs that it draws with, a conversion between layouts) is tested when it is first used: it computes a
// small problem whose result plain loops on the CPU give too. If the results differ, the kind is not used on this
// device: there is one warning, something else takes its place, and backendInfo() says so. A kind is tested at its
// first use because at the start all programs would have to be compiled, of which a model needs few.
//
// The test is repeated, because one driver is known that is right in its first inference only: in the idle time after the
// second use, or at the first use after results have been read, if no idle time came before. So a first prediction, which
// uses many kinds several times, pays for one test of each. Then it is repeated in idle time whenever the number of uses
// has doubled, so that a steady prediction pays nothing. After a lost context kinds that passed wait for idle time, too.

import type { Verdict } from '../../core/verdict.js';
import { ContextLostError } from './gl/contextLoss.js';
import { TextureFailure } from './gl/failures.js';

/** Thrown by a test that finds no small problem: nothing is known of the kind then, good or bad. */
export class Untestable extends Error {
  override readonly name = 'Untestable';
}

/** Computes a small problem. It must hold no tensors: it is kept, and runs again. */
export type Test = () => Verdict;

/** A kind of work, for reports. */
export interface KindReport {
  readonly kind: string;
  readonly passed: boolean;
  /** The largest difference of all its tests; see Verdict. */
  readonly difference: number;
  /** How many times it was tested, and what that took, in milliseconds. */
  readonly tests: number;
  readonly ms: number;
  /** Why it failed. */
  readonly reason?: string;
  /** Why it could not be tested, where it never was. */
  readonly untested?: string;
}

interface Kind {
  readonly test: Test;
  uses: number;
  /** The use at which it is tested next. */
  due: number;
  tests: number;
  /** How many results had been read at its last test. */
  reads: number;
  /** Whether it passed on this GPU before the context was lost: no result waits for a test of it. */
  hasPassed: boolean;
  difference: number;
  ms: number;
  reason?: string;
  untested?: string;
}

/** Tests of a kind that come before its result is handed out; but the first they wait until results have been read. */
const TESTED_AT_ONCE = 2;
/** Milliseconds after which idle time may be assumed. */
const IDLE_AFTER = 50;

export class SelfTest {
  readonly #kinds = new Map<string, Kind>();
  /** Kernels of TensorFlow.js's names that are left to TensorFlow.js, because a kind of theirs failed. */
  readonly barred = new Set<string>();
  readonly #postponed = new Set<string>();
  /** Kinds that wait for idle time. */
  readonly #waiting = new Set<string>();
  #reads = 0;
  #isStopped = false;
  #isTesting = false;
  /** While programs are only being compiled nothing can be tested: every kind passes, and runPostponed() tests it. */
  isPostponed = false;

  /** Told of each use of a kind, while a model is captured. */
  onUse?: (name: string) => void;

  /** @param run Runs a test so that it leaves no trace in the backend's counters. */
  constructor(private readonly run: (test: Test) => Verdict = (test) => test()) {}

  /** Whether a kind works here, which is tested where it never was; for a choice that may end without a use. */
  trusts(name: string, test: Test): boolean {
    const kind = this.#kinds.get(name) ?? this.#add(name, test);
    if (kind.reason !== undefined) return false;
    if (kind.tests > 0 || kind.untested !== undefined || this.#isTesting) return true;
    if (!this.isPostponed) return this.#test(name, kind);
    this.#postponed.add(name);
    return true;
  }

  /** Whether the kind was used before. */
  has(name: string): boolean {
    return this.#kinds.has(name);
  }

  /**
   * Counts a use of a kind, tests it where that is due, and returns whether it works here.
   *
   * @param test May be left out for a kind that was used before.
   */
  check(name: string, test?: Test): boolean {
    const kind = this.#kinds.get(name) ?? (test && this.#add(name, test));
    if (!kind) return true;
    if (kind.reason !== undefined) return false;
    if (this.#isTesting) return true; // a test runs kinds too
    this.onUse?.(name);
    if (++kind.uses < kind.due) return true;
    if (this.isPostponed) {
      if (kind.tests === 0) this.#postponed.add(name);
      return true;
    }
    const isNew = kind.tests < TESTED_AT_ONCE && !kind.hasPassed;
    if (kind.tests === 0 || (isNew && kind.reads !== this.#reads)) return this.#test(name, kind);
    if (!isNew) kind.due = 2 * kind.uses;
    if (this.#waiting.has(name)) return true;
    this.#waiting.add(name);
    if (this.#waiting.size === 1) this.#testWhenIdle();
    return true;
  }

  /** Told of each result that is read, but for those of tests: what is used after it belongs to another inference. */
  noteRead(): void {
    this.#reads++;
  }

  /** Whether a test of this kind has failed; counts no use. */
  hasFailed(name: string): boolean {
    return this.#kinds.get(name)?.reason !== undefined;
  }

  /** The context is lost: nothing can be tested. */
  suspend(): void {
    this.#postponed.clear();
    this.#waiting.clear();
  }

  /**
   * The context is back on the GPU that it was on: what failed stays barred, and what passed is tested again in idle time
   * after its next use, for which the next prediction does not wait.
   */
  resume(): void {
    for (const kind of this.#kinds.values()) {
      kind.due = kind.uses + 1;
      kind.hasPassed = kind.tests > 0;
    }
  }

  /** Forgets what it knows: the context has come back on another GPU. */
  forget(): void {
    this.#kinds.clear();
    this.barred.clear();
    this.suspend();
  }

  /** Runs one postponed test; returns false if there was none left. */
  runPostponed(): boolean {
    const [name] = this.#postponed;
    if (name === undefined) return false;
    this.#postponed.delete(name);
    this.#test(name, this.#kinds.get(name) as Kind);
    return true;
  }

  /** Runs the tests that wait for idle time, now. */
  testWaiting(): void {
    for (const name of [...this.#waiting]) this.#testWaiting(name);
  }

  /** Tests all kinds that have been used, now; those that failed before stay failed. */
  runAll(): void {
    for (const [name, kind] of [...this.#kinds]) if (kind.reason === undefined) this.#test(name, kind);
  }

  /** Ends the tests in idle time, for a backend that is disposed of. */
  stop(): void {
    this.#isStopped = true;
    this.#waiting.clear();
  }

  /** Every kind that has been tested, and those that could not be. */
  get report(): readonly KindReport[] {
    return [...this.#kinds].flatMap(([kind, { tests, difference, ms, reason, untested }]): KindReport[] => {
      if (tests === 0) return untested === undefined ? [] : [{ kind, passed: true, difference, tests, ms, untested }];
      const failure = reason === undefined ? {} : { reason };
      return [{ kind, passed: reason === undefined, difference, tests, ms, ...failure }];
    });
  }

  /** The kinds that failed and why, or how many passed, for backendInfo(). */
  get summary(): string {
    const { report } = this;
    const failed = report.filter(({ passed }) => !passed).map(({ kind, reason }) => `${kind} (${reason})`);
    if (failed.length > 0) return `failed: ${failed.join(', ')}`;
    const untested = report.filter(({ tests }) => tests === 0).length;
    const passed = `passed: ${report.length - untested}`;
    return report.length === 0 ? 'not run yet' : untested === 0 ? passed : `${passed}, untested: ${untested}`;
  }

  #add(name: string, test: Test): Kind {
    const kind = { test, uses: 0, due: 1, tests: 0, reads: 0, hasPassed: false, difference: 0, ms: 0 };
    this.#kinds.set(name, kind);
    return kind;
  }

  #test(name: string, kind: Kind): boolean {
    kind.tests++;
    kind.reads = this.#reads;
    this.#waiting.delete(name);
    kind.due = Math.max(kind.tests + 1, kind.uses + 1);
    const start = performance.now();
    let reason: string | undefined;
    try {
      reason = this.#attempt(kind);
    } catch (error) {
      kind.tests--; // nothing is known of it
      kind.due = kind.uses + 1;
      if (!(error instanceof Untestable)) throw error;
      kind.untested = error.message;
      kind.due = Number.POSITIVE_INFINITY;
      return true;
    }
    kind.ms += performance.now() - start;
    if (reason === undefined) return true;
    kind.reason = reason;
    const earlier = kind.tests > 1 ? '; it was right before, results since its last test may be wrong' : '';
    console.warn(`convnet: ${name} gives wrong results on this GPU and is not used any more (${reason}${earlier})`);
    return false;
  }

  #attempt(kind: Kind): string | undefined {
    this.#isTesting = true;
    try {
      const { passed, difference } = this.run(kind.test);
      kind.difference = Math.max(kind.difference, difference);
      return passed ? undefined : `its results differ from plain loops by ${difference.toPrecision(2)} of the largest`;
    } catch (error) {
      // A GPU that is lost or has no memory says nothing of the kind. One that does not compile it does.
      if (error instanceof TextureFailure || error instanceof ContextLostError || error instanceof Untestable)
        throw error;
      return (error as Error).message;
    } finally {
      this.#isTesting = false;
    }
  }

  #testWaiting(name: string): void {
    this.#waiting.delete(name);
    const kind = this.#kinds.get(name) as Kind;
    const { due } = kind;
    if (kind.reason === undefined) this.#test(name, kind);
    kind.due = Math.max(kind.due, due);
  }

  /** Whether a test runs now. */
  get isTesting(): boolean {
    return this.#isTesting;
  }

  /** One test in each piece of idle time. */
  #testWhenIdle(): void {
    const work = () => {
      const [name] = this.#waiting;
      if (name === undefined || this.#isStopped) return;
      try {
        if (!this.isPostponed) this.#testWaiting(name);
      } catch {
        // the GPU is lost or has no memory: whoever uses it next is told
      }
      if (this.#waiting.size > 0) this.#testWhenIdle();
    };
    if (typeof requestIdleCallback === 'function') requestIdleCallback(work);
    else setTimeout(work, IDLE_AFTER);
  }
}
